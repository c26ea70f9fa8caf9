// Many commands as one: a shell script that runs them one after the other. Pure.

import type { Command } from './state.ts';

/** Ends an input within the script. Scripts of scripts have longer ones: it must not be in a command's input. */
const END = '@@end@@';

/** A command that runs `commands` in order, stops at the first failure, and says which one it was. */
export function formatScript(commands: readonly Command[]): Command {
  let end = END;
  while (commands.some(({ stdin = '' }) => stdin.includes(end))) end += '@';
  const steps = commands.map(({ argv, stdin = '' }) => {
    const line = argv.map(quote).join(' ');
    const input = stdin === '' || stdin.endsWith('\n') ? stdin : `${stdin}\n`;
    return `${line} <<'${end}' || fail ${quote(argv.join(' '))}\n${input}${end}\n`;
  });
  return { argv: ['sh'], stdin: `fail() { echo "in: $1" >&2; exit 1; }\n${steps.join('')}` };
}

function quote(word: string): string {
  return /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
