// Asks a service with what the AWS SDK's own chain finds in a workload, and says what came: `role-client.ts NAME PORT PATH`.

import { Resolver } from 'node:dns/promises';
import { request } from 'node:http';
import { STSClient } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import { Hash } from '@smithy/core/serde';

const [name = '', port = '', path = '/'] = process.argv.slice(2);
const resolver = new Resolver();
resolver.setServers([process.env['PERGOLA_DNS'] ?? '']);
const [address = ''] = await resolver.resolve4(name);
const client = new STSClient({ region: 'us-east-1' });
const signer = new SignatureV4({
  credentials: () => client.config.credentials(),
  region: 'us-east-1',
  service: 'vpc-lattice-svcs',
  sha256: Hash.bind(null, 'sha256'),
});
let headers: Record<string, string> = { host: `${name}:${port}`, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
let found: unknown;
try {
  const { accessKeyId, expiration } = await client.config.credentials();
  found = { accessKeyId, expiration };
  const signed = await signer.sign({
    method: 'GET',
    protocol: 'http:',
    hostname: name,
    port: Number(port),
    path,
    headers,
  });
  headers = signed.headers;
} catch (error) {
  found = { failed: String(error) };
}
// On loopback a listener below 1024 may be elsewhere: tests use others.
const asked = request(
  { host: address, port, path, headers, localAddress: process.env['PERGOLA_ADDRESS'] },
  (response) => {
    let body = '';
    response.setEncoding('utf8').on('data', (part: string) => (body += part));
    response.on('end', () => process.stdout.write(`${JSON.stringify({ status: response.statusCode, body, found })}\n`));
  },
);
asked.end();
