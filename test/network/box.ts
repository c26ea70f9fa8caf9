// What a container runtime makes: a network namespace with an interface, a default route, a filter and a process of its own.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';

/** A namespace that is nobody's of Pergola. */
export interface Box {
  readonly name: string;
  /** Below /run/netns. */
  readonly path: string;
  /** A process in it that waits. */
  readonly process: ChildProcess;
  readonly pid: number;
  /** All of its network (of IPv6, whose addresses settle by themselves, nothing), as other programs show it, but for what is on `pergola0`. */
  look(): string;
  /** Runs a program in it; its output. */
  run(program: string, ...args: readonly string[]): string;
}

let count = 0;

/** Makes one; it goes after the test. */
export async function openBox(t: TestContext): Promise<Box> {
  const name = `box-${process.pid}-${++count}`;
  const lan = `${name}-lan`;
  must('ip', 'netns', 'add', name);
  must('ip', 'netns', 'add', lan);
  t.after(() => {
    for (const one of [name, lan]) spawnSync('ip', ['netns', 'del', one]);
  });
  must('ip', 'link', 'add', 'eth0', 'netns', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', lan);
  for (const [where, address] of [
    [name, '172.31.99.2'],
    [lan, '172.31.99.1'],
  ] as const) {
    must('ip', '-n', where, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
    for (const link of ['lo', 'eth0']) must('ip', '-n', where, 'link', 'set', link, 'up');
  }
  must('ip', '-n', name, 'route', 'add', 'default', 'via', '172.31.99.1');
  must('ip', '-n', name, 'rule', 'add', 'from', '172.31.99.2', 'lookup', '77', 'pref', '77');
  must('ip', 'netns', 'exec', name, 'nft', 'add table ip mine; add chain ip mine some');
  const child = spawn('ip', ['netns', 'exec', name, 'sh', '-c', 'echo up; exec sleep 1000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  if (child.pid === undefined) throw new Error('a box without a process');
  const run = (program: string, ...args: readonly string[]): string =>
    must('ip', 'netns', 'exec', name, program, ...args);
  const commands = [
    'ip -o link',
    'ip -4 -o addr',
    'ip -4 route show table all',
    'ip rule',
    'nft list ruleset',
    'sysctl -n net.ipv4.ip_forward',
  ];
  return {
    ...{ name, path: `/run/netns/${name}`, process: child, pid: child.pid, run },
    look: () => commands.map((line) => lines(run('sh', '-c', line))).join('\n'),
  };
}

/** Without our link. */
function lines(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/pergola0/.test(line))
    .join('\n');
}

function must(program: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
  return stdout.trim();
}
