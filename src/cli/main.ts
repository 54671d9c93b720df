#!/usr/bin/env node
// The `sweepline` command. It loads no native code and little else: `--help` should cost what starting Node costs.
import module from 'node:module';
import { createTerminal } from './terminal.js';

// Node 22.1 and later keep the compiled code of what is loaded from here on.
(module as { enableCompileCache?: () => unknown }).enableCompileCache?.();
const { runCommandLine } = await import('./command-line.js');
// Not process.exit: what has been printed into a pipe must arrive.
process.exitCode = await runCommandLine(process.argv.slice(2), createTerminal());
