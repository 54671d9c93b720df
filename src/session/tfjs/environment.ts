// The environment that native TensorFlow.js wants; plain data, so that those who start processes need not load it.

/**
 * What a process should be started with before the native packages load in it; what is set already stays. A thread can
 * only change its own copy of the environment, which native code does not see.
 */
export const TFJS_ENVIRONMENT = {
  /** GPU memory is taken as it is needed, not all at once. */
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  /** Trials run side by side on threads of their own, and sums that are spread over threads have no fixed order. */
  TF_NUM_INTRAOP_THREADS: '1',
  TF_NUM_INTEROP_THREADS: '1',
  /** Warnings, but not which processor it found. */
  TF_CPP_MIN_LOG_LEVEL: '1',
} as const;
