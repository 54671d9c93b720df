// ONNX Runtime 1.29 and later sends its makers what is trained on what, unless its environment says no, and keeps a number
// of this machine in the user's cache. Sweepline sends nothing to anybody.

/**
 * On the main thread of a process, before it or any of its threads loads ONNX Runtime: other threads have a copy of the
 * environment, which native code does not see. What the user has set stays.
 */
export function refuseTelemetry(env: NodeJS.ProcessEnv = process.env): void {
  env.ORT_DISABLE_TELEMETRY ??= '1';
}
