// Names that are not ours: asked of the resolvers of the server's host.

import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { after, before } from 'node:test';
import { Resolver } from 'node:dns/promises';
import { decode, encode } from 'dns-packet';
import { TestClient } from '../workload-programs.ts';
import { onEveryAttachment } from './attachments.ts';
import { makeWorld } from './scenario.ts';

/** A resolver of this test's own: resolv.conf(5) has no ports, so it is at an address that nobody else uses. */
const address = `127.77.${process.pid & 255}.${(process.pid >> 8) & 255}`;
const socket = dgram.createSocket('udp4');
const asked: string[] = [];

socket.on('message', (query, { port, address: from }) => {
  const { id = 0, questions = [] } = decode(query);
  const name = questions[0]?.name ?? '';
  asked.push(name);
  const answers = name.endsWith('.example') ? [{ type: 'A' as const, name, ttl: 60, data: '192.0.2.7' }] : [];
  const flags = answers.length > 0 ? 0x0180 : 0x0183;
  socket.send(encode({ type: 'response', id, flags, questions, answers }), port, from);
});
const root = process.getuid?.() === 0;
before(async () => {
  if (!root) return;
  socket.bind(53, address);
  await once(socket, 'listening');
});
after(() => socket.close());

const otherRoot = 'only root can give a server another resolv.conf';
const needsRoot = root ? true : otherRoot;

onEveryAttachment({ workers: 1, ...(root ? { resolvConf: `nameserver ${address}\n` } : {}) }, [
  {
    name: 'names outside of our zones are asked of the system’s resolvers, ours are not',
    runs: { netns: needsRoot, loopback: needsRoot, userns: otherRoot, 'other user': otherRoot },
    async run(server) {
      const { clients } = await makeWorld(server);
      await using client = TestClient.start(server, { vpc: clients });
      assert.deepEqual(await client.resolve('shop.example'), ['192.0.2.7']);
      await assert.rejects(client.resolve('shop.invalid'), /ENOTFOUND/);
      const host = new Resolver({ timeout: 2000, tries: 2 });
      host.setServers([server.dns]);
      assert.deepEqual(await host.resolve4('host.example'), ['192.0.2.7']);
      const ours = 'nobody-0123456789abcdef0.7d67968.vpc-lattice-svcs.us-east-1.on.aws';
      await assert.rejects(client.resolve(ours), /ENOTFOUND/);
      assert.deepEqual(asked.includes(ours), false);
      assert.ok(asked.includes('shop.example') && asked.includes('host.example'));
    },
  },
]);
