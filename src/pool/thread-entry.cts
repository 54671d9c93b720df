// Entry of a piscina worker thread. CommonJS, because piscina `require`s it: a thread that is ended while Node 20
// requires an ES module aborts the whole process (v8::Module::IsGraphAsync), and one with a top-level await throws.
const thread = import('./thread.js');

const runBundle: Awaited<typeof thread>['runBundle'] = async (bundle) => (await thread).runBundle(bundle);

export = runBundle;
