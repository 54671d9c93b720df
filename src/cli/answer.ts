// The answer of a run on the terminal: at the end of `run` and `resume`, and in `status`. It never fails a run.
import { type Answer, askRun } from '../answer/answer.js';
import { type Metrics, renderAnswer } from '../answer/words.js';
import type { Terminal } from './terminal.js';

/** Narrower terminals get their lines cut; wider ones no longer lines. */
const WIDEST = 80;

export interface Ended {
  readonly terminal: Pick<Terminal, 'say' | 'stderr'>;
  readonly quiet: boolean;
}

/** Says the answer unless all is to be quiet; for the end event. Null where none can be found. */
export async function tellAnswer(folder: string, { terminal, quiet }: Ended): Promise<Answer | null> {
  try {
    const { answer, status } = await askRun(folder);
    if (!quiet)
      for (const line of linesOf(answer, status.state.epoch.record.worker.metrics, terminal))
        terminal.say(line);
    return answer;
  } catch (error) {
    // The trials are done and kept, whatever may be wrong with looking at them.
    terminal.say(`  best    not known: ${error instanceof Error ? error.message : error}`);
    return null;
  }
}

function linesOf(answer: Answer, metrics: Metrics, { stderr }: Pick<Terminal, 'stderr'>): string[] {
  return renderAnswer(answer, metrics, Math.min(WIDEST, stderr.columns ?? WIDEST));
}
