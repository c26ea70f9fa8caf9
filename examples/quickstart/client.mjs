// The client of the quickstart, run as a workload of the VPC. Arguments: lookup NAME | get URL | try URL MILLISECONDS | count URL TIMES | load URL MILLISECONDS.

import { lookup } from 'node:dns/promises';
import { Agent, request } from 'node:http';
import { Resolver } from 'node:dns/promises';

const [what, subject = '', amount = '0'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 32 });

/** Without a namespace of its own (loopback) a workload is told its resolver and its address. */
async function resolve(name) {
  if (process.env.PERGOLA_DNS === undefined) return (await lookup(name, { family: 4 })).address;
  const resolver = new Resolver();
  resolver.setServers([process.env.PERGOLA_DNS]);
  return (await resolver.resolve4(name))[0];
}

function get(url, host, patience) {
  return new Promise((done) => {
    const { hostname, port, pathname } = new URL(url);
    const options = {
      host,
      port: port || 80,
      path: pathname,
      agent,
      headers: { host: hostname },
      localAddress: process.env.PERGOLA_ADDRESS,
      timeout: patience,
    };
    const sent = request(options, (response) => {
      let body = '';
      response.on('data', (data) => (body += data));
      const { 'x-version': version, 'x-pergola-reason': reason } = response.headers;
      response.on('end', () => done({ status: response.statusCode, version, reason, body }));
      response.on('error', () => done({ status: 0 }));
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${patience} ms`)));
    sent.on('error', (error) => done({ status: 0, error: error.message }));
    sent.end();
  });
}

if (what === 'lookup') console.log(await resolve(subject));
else {
  const host = await resolve(new URL(subject).hostname);
  if (what === 'get') console.log(JSON.stringify(await get(subject, host)));
  if (what === 'try') console.log(JSON.stringify(await get(subject, host, Number(amount))));
  const counts = {};
  const note = ({ status, version }) => (counts[version ?? status] = (counts[version ?? status] ?? 0) + 1);
  if (what === 'count')
    await Promise.all(Array.from({ length: Number(amount) }, async () => note(await get(subject, host))));
  if (what === 'load') {
    const end = Date.now() + Number(amount);
    const worker = async () => {
      while (Date.now() < end) note(await get(subject, host));
    };
    await Promise.all(Array.from({ length: 32 }, worker));
  }
  if (what === 'count' || what === 'load')
    console.log(JSON.stringify(Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)))));
}
agent.destroy();
