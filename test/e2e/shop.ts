// A service with a blue and a green target in another VPC, and a client of it.

import type { TestServer } from '../server.ts';
import { startTarget, TestClient } from '../workload-programs.ts';
import {
  awaitHealthy,
  forward,
  listenerPort,
  makeGroup,
  makeListener,
  makeService,
  makeWorld,
  offer,
  targetPort,
  type MadeService,
  type World,
} from './scenario.ts';

/** The running parts and the ids of everything. `blue` and `green` are target groups; blue gets everything at first. */
export interface Shop extends AsyncDisposable, World {
  readonly client: TestClient;
  readonly made: MadeService;
  readonly service: string;
  readonly listener: string;
  readonly name: string;
  readonly blue: string;
  readonly green: string;
  /** What one request gets: the target's name, or status and body of anything but 200. */
  ask(path: string, method?: string, headers?: Readonly<Record<string, string>>): Promise<string>;
}

/** Makes it and waits until both targets are HEALTHY. */
export async function openShop(server: TestServer): Promise<Shop> {
  const world = await makeWorld(server);
  const { clients, targets, network } = world;
  const programs = await Promise.all([
    startTarget(server, { vpc: targets, address: '10.0.1.10' }, 'blue', targetPort),
    startTarget(server, { vpc: targets, address: '10.0.1.11' }, 'green', targetPort),
  ]);
  const client = TestClient.start(server, { vpc: clients, address: '10.0.1.10' });
  const made = await makeService(server);
  const { id: service, dnsName: name } = made;
  const blue = await makeGroup(server, targets, [{ id: '10.0.1.10', port: targetPort }]);
  const green = await makeGroup(server, targets, [{ id: '10.0.1.11', port: targetPort }]);
  const listener = await makeListener(server, service, forward([blue, 100], [green, 0]));
  await offer(server, service, network);
  await awaitHealthy(server, blue);
  await awaitHealthy(server, green);
  return {
    ...world,
    client,
    made,
    service,
    listener,
    name,
    blue,
    green,
    async ask(path, method = 'GET', headers = {}) {
      const answer = await client.request({ name, port: listenerPort, path, method, headers: { ...headers } });
      const { status, body } = answer;
      return status === 200 ? (JSON.parse(body) as { target: string }).target : `${status} ${body}`;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...programs, client].map((program) => program[Symbol.asyncDispose]()));
    },
  };
}
