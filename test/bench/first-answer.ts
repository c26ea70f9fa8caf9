// Run inside of a VPC as `first-answer.ts DNS-SERVER PORT NAME`: asks the service by its name until it answers with its fixed response, then says so and ends.

import { Resolver } from 'node:dns/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { askFixedResponse } from './ask.ts';

const [server = '', port = '', name = ''] = process.argv.slice(2);
const resolver = new Resolver({ timeout: 200, tries: 1 });
resolver.setServers([server]);
const ask = async (): Promise<boolean> => {
  const [address] = await resolver.resolve4(name).catch((): readonly string[] => []);
  return address !== undefined && (await askFixedResponse(address, Number(port), '/', name)) === 404;
};
while (!(await ask())) await delay(5);
process.stdout.write('served\n');
