// A process that holds the lock and commits until it is killed (or has made as many calls as its third argument says); it
// prints every answer as a line of JSON once it has it. The fourth argument is the number of writers, default 4.

import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { createLog } from '../../src/base/log.ts';
import { createServiceAssociation } from '../../src/domain/association/index.ts';
import { createServiceNetwork } from '../../src/domain/network/index.ts';
import { createService } from '../../src/domain/service/index.ts';
import { acquireLock, openStore } from '../../src/store/index.ts';
import { contextOf } from './calls.ts';
import { eventOf } from './events.ts';

const [directory = '', round = '', calls = 'Infinity', writers = '4'] = process.argv.slice(2);
const lock = acquireLock(join(directory, 'lock'));
if (lock === undefined) throw new Error('the lock is held');
// Held until the end: what nothing refers to is collected, and its lock with it.
process.on('exit', () => lock[Symbol.dispose]());
const log = createLog((line) => process.stderr.write(line), Date.now);
const store = await openStore({ file: join(directory, 'state.db') }, { log });
const network = await store.commit(
  createServiceNetwork,
  { name: `network-${round}` },
  contextOf('CreateServiceNetwork'),
);

async function write(writer: number): Promise<void> {
  for (let n = 0; n < Number(calls); n++) {
    const call = { name: `s-${round}-${writer}-${n}` };
    const token = { token: `t-${round}-${writer}-${n}`, parameters: call };
    const event = eventOf(token.token);
    const { result } = await store.commit(createService, call, contextOf('CreateService'), token, () => event);
    // Reads are recorded in between; nobody waits for them.
    store.record(eventOf(`r-${round}-${writer}-${n}`, { isRead: true }));
    const joined = await store.commit(
      createServiceAssociation,
      { serviceIdentifier: result.id, serviceNetworkIdentifier: network.result.id },
      contextOf('CreateServiceNetworkServiceAssociation'),
    );
    const address = store.state.value.tables.componentAddress.find((one) => one.componentId === result.id);
    const { association } = joined.result;
    writeSync(1, `${JSON.stringify({ call, token, service: result, association, address })}\n`);
  }
}

await Promise.all(Array.from({ length: Number(writers) }, (_, writer) => write(writer)));
await store[Symbol.asyncDispose]();
lock[Symbol.dispose]();
