// Servers that cannot have existing namespaces as members say so.

import assert from 'node:assert/strict';
import { ofEveryKind, onEveryAttachment } from './attachments.ts';
import { makeVpc } from './scenario.ts';

onEveryAttachment({ workers: 1 }, [
  {
    name: 'a server that cannot have members refuses a namespace and says why',
    runs: { ...ofEveryKind, netns: 'it can' },
    async run(server) {
      const body = JSON.stringify({ vpc: await makeVpc(server), namespace: { pid: process.pid } });
      const answer = await server.call('POST', '/-/workloads', body);
      const why = server.attach === 'userns' ? /a server in a user namespace/ : /VPCs on loopback have no network/;
      assert.equal(answer.status, 400);
      assert.match(await answer.text(), why);
    },
  },
]);
