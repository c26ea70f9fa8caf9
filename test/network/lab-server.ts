// One server without its supervisor: an agent on real namespaces, with a stand-in for the worker.

import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { silentLog } from '../../src/base/log.ts';
import { systemClock } from '../../src/base/clock.ts';
import { systemRandom } from '../../src/base/random.ts';
import { createWatch, waitFor, type WatchCell } from '../../src/base/watch.ts';
import { createAgent, type Agent, type AgentDeps } from '../../src/cli/agent.ts';
import { namePrefix, openSockets, prepareCore, runCommand } from '../../src/network/index.ts';
import { emptySnapshot, type Snapshot } from '../../src/snapshot/index.ts';
import type { Workload } from '../../src/workload/index.ts';
import { startWorker, type StandIn } from './lab.ts';

/** What a test has in hand of a server. */
export interface LabServer {
  readonly directory: string;
  readonly prefix: string;
  readonly worker: StandIn;
  readonly snapshot: WatchCell<Snapshot>;
  /** The programs that were run, since the test emptied the list. */
  readonly ran: string[];
  /** Reasons for which the next commands fail. */
  readonly failures: string[];
  readonly sockets: AgentDeps['sockets'];
  start(): Agent;
}

/** What a supervisor does, with one worker. */
function standInSupervisor(worker: StandIn): AgentDeps['sockets'] {
  const open = new Set<string>();
  return {
    async sync(specs) {
      const failed = new Map<string, string>();
      for (const key of [...open].filter((one) => !specs.some((spec) => spec.key === one))) {
        await worker.close(key);
        open.delete(key);
      }
      const answer = await openSockets(specs.filter(({ key }) => !open.has(key)));
      for (const [key, handle] of answer.handles) {
        await worker.listen(key, handle);
        open.add(key);
      }
      for (const [key, reason] of answer.failed) failed.set(key, reason);
      return { opened: new Set(open), failed };
    },
  };
}

/** Makes a server in a fresh data directory; both go after the test. */
export async function openServer(t: TestContext): Promise<LabServer> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'pergola-agent-')));
  const prefix = namePrefix(directory);
  const worker = await startWorker(t, await prepareCore(prefix, runCommand));
  const snapshot = createWatch<Snapshot>(emptySnapshot);
  const ran: string[] = [];
  const failures: string[] = [];
  const sockets = standInSupervisor(worker);
  const agents: Agent[] = [];
  t.after(async () => {
    await agents.at(-1)?.close('remove');
    rmSync(directory, { recursive: true });
  });
  const start = (): Agent => {
    const agent = createAgent({
      ...{ snapshot, sockets, attach: 'netns', lowPorts: true, dataDirectory: directory, environment: process.env },
      whyNoMembers: undefined,
      roles: {
        problem: ({ role }) => (role === undefined ? undefined : `there is no role ${role}`),
        environment: () => ({}),
      },
      run: (command) => {
        ran.push(command.argv.join(' '));
        const failure = failures.shift();
        if (failure !== undefined) return Promise.reject(new Error(failure));
        return runCommand(command);
      },
      ...{ clock: systemClock, random: systemRandom, log: silentLog },
    });
    agents.push(agent);
    return agent;
  };
  return { directory, prefix, worker, snapshot, ran, failures, sockets, start };
}

/** Makes a workload in `vpc-a`. */
export async function makeWorkload(agent: Agent, address?: string): Promise<Workload> {
  const wish = address === undefined ? {} : { address };
  const answer = await agent.workloads.create({ vpcId: 'vpc-a', securityGroups: [], ...wish });
  if ('failure' in answer) throw new Error(answer.message);
  return answer;
}

/** Resolves when the agent has finished the revision. */
export const until = (agent: Agent, revision: number): Promise<number> =>
  waitFor(agent.obeyed, (value) => value >= revision, AbortSignal.timeout(10_000));
