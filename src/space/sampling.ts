// How points are chosen, as plain data for the manifest. The samplers themselves are in sweep/.
export type SamplerSpec =
  | { readonly name: 'grid' }
  | {
      readonly name: 'bisect';
      /** The axis searched, and the boolean metric that turns once along it. */
      readonly axis: string;
      readonly metric: string;
      readonly from: number;
      readonly to: number;
      readonly tolerance: number;
    };
