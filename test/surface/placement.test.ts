// The stable surface where it depends on the machine: how VPCs are attached by default, and what exec gives and refuses there.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  CreateListenerCommand,
  CreateTargetGroupCommand,
  ListTargetsCommand,
  RegisterTargetsCommand,
  ServiceQuotaExceededException,
  StartDomainVerificationCommand,
} from '@aws-sdk/client-vpc-lattice';
import { runCommand, whyNoNamespaces } from '../../src/network/index.ts';
import { copyCheckout } from '../e2e/attachments.ts';
import {
  enter,
  eventually,
  forward,
  given,
  listenerPort,
  makeListener,
  makeNetwork,
  makeService,
  makeVpc,
  offer,
  targetPort,
} from '../e2e/scenario.ts';
import { childrenOf, finish, isAlive, makeDirectory, startPergola, TestServer } from '../server.ts';
import { startTarget, TestClient } from '../workload-programs.ts';

const obstacle = await whyNoNamespaces(runCommand, process.pid);
const asOther = process.getuid?.() === 0 ? false : 'only root can become another user';
const here = obstacle === undefined ? 'netns' : 'loopback';

const configuration = `quotas: { domainVerifications: 1 }
vpcs:
  - name: shop
    cidrs: [10.0.0.0/16]
    subnets: [{ cidr: 10.0.1.0/24 }]
    securityGroups:
      - { name: shut, egress: [] }
      - { name: free }
    instances:
      - { name: web-1, address: 10.0.1.10 }
`;

describe('without --attach', () => {
  let server: TestServer;
  before(async () => {
    server = await TestServer.start({ workers: 1, configuration, args: ['--aws-quotas'] });
  });
  after(() => server[Symbol.asyncDispose]());

  test('VPCs are namespaces where the process may make some, else on loopback', () => {
    assert.equal(server.attach, here);
  });

  test(
    'a user without rights gets namespaces in a user namespace, which goes with a server that keeps nothing',
    { skip: asOther },
    async () => {
      const checkout = copyCheckout();
      try {
        // A path that is not absolute is one from where it was started, inside too.
        writeFileSync(join(checkout.root, 'its.yaml'), '{}');
        const args = [
          'serve',
          '--config',
          '../its.yaml',
          '--data',
          ':memory:',
          '--api',
          '127.0.0.1:0',
          '--dns',
          '127.0.0.1:0',
        ];
        // What a killed server leaves goes with the checkout.
        const server = startPergola(checkout, args, ['env', `TMPDIR=${checkout.user?.home ?? ''}`]);
        assert.ok(server.stdout);
        server.stdin?.end();
        const [ready] = (await once(server.stdout, 'data')) as [Buffer];
        assert.match(ready.toString(), / attach=userns\n$/);
        const keeper = given(childrenOf(given(server.pid)).find(({ command }) => command.startsWith('sleep'))).pid;
        server.kill('SIGKILL');
        await eventually('its user namespace is gone', () => Promise.resolve(!isAlive(keeper)));
      } finally {
        rmSync(checkout.root, { recursive: true, force: true });
      }
    },
  );

  test('what stands in a user namespace is found by the server after a killed one', { skip: asOther }, async () => {
    const checkout = copyCheckout();
    const data = makeDirectory(checkout);
    const program = join(data, 'instance.pid');
    const instances = `[{ name: one, address: 10.0.1.10, command: [sh, -c, 'echo $$ >${program}; exec sleep 1000'] }]`;
    const options = {
      checkout,
      data,
      workers: 1,
      configuration: `vpcs: [{ name: a, cidrs: [10.0.0.0/16], instances: ${instances} }]`,
    };
    const pid = (): number => Number(readFileSync(program, 'utf8'));
    try {
      const first = await TestServer.start(options);
      await eventually('the instance runs', () => Promise.resolve(existsSync(program) && isAlive(pid())));
      const before = pid();
      await first.kill();
      const second = await TestServer.start(options);
      assert.equal(second.attach, 'userns');
      const found = await second.exec(['--vpc', 'a'], ['sh', '-c', 'ip -4 -o address show eth0']);
      assert.match(found.stdout, / 10\.0\.255\.254\/32 /);
      assert.equal((await second.exec(['--vpc', 'a'], ['pwd'])).stdout.trim(), checkout.user?.home);
      assert.deepEqual([pid(), isAlive(before)], [before, true]);
      const { pid: keeper } = JSON.parse(readFileSync(join(data, 'user-namespace.json'), 'utf8')) as { pid: number };
      assert.ok(isAlive(keeper));
      assert.equal(await second.stop(), 0, second.log);
      await eventually('nothing of it runs', () => Promise.resolve(!isAlive(keeper) && !isAlive(before)));
      assert.equal(existsSync(join(data, 'user-namespace.json')), false);
    } finally {
      rmSync(data, { recursive: true, force: true });
      rmSync(checkout.root, { recursive: true, force: true });
    }
  });

  test(
    'a user without rights, where there is no unshare(1), gets loopback and is told why',
    { skip: asOther },
    async () => {
      const checkout = copyCheckout();
      try {
        const setpriv = spawnSync('sh', ['-c', 'command -v setpriv'], { encoding: 'utf8' }).stdout.trim();
        const path = join(checkout.root, 'programs');
        mkdirSync(path);
        symlinkSync(setpriv, join(path, 'setpriv'));
        await using other = await TestServer.start({ checkout, workers: 1, path });
        assert.equal(other.attach, 'loopback');
        assert.match(other.log, /VPCs are attached on loopback: namespaces are not possible here/);
      } finally {
        rmSync(checkout.root, { recursive: true, force: true });
      }
    },
  );

  test('--aws-quotas enforces the quotas of AWS', async () => {
    const { id: serviceIdentifier } = await makeService(server);
    const make = (port: number) =>
      server.lattice.send(
        new CreateListenerCommand({
          ...{ serviceIdentifier, name: `port-${port}`, protocol: 'HTTP', port },
          defaultAction: { fixedResponse: { statusCode: 404 } },
        }),
      );
    await make(80);
    await make(81);
    await assert.rejects(make(82), (error) => {
      assert.ok(error instanceof ServiceQuotaExceededException);
      assert.deepEqual([error.$metadata.httpStatusCode, error.quotaCode], [402, 'L-D64E952E']);
      return true;
    });
  });

  test('quotas of the file stand before those of AWS', async () => {
    const start = (domainName: string) => server.lattice.send(new StartDomainVerificationCommand({ domainName }));
    await start('one.example.com');
    await assert.rejects(start('two.example.com'), (error) => {
      assert.ok(error instanceof ServiceQuotaExceededException);
      assert.deepEqual([error.quotaCode, error.serviceCode], ['L-73D0F278', 'vpc-lattice']);
      return true;
    });
  });

  test('exec --instance stands for a target while it runs', async () => {
    const targets = await makeVpc(server);
    const [network, service] = await Promise.all([makeNetwork(server), makeService(server)]);
    await enter(server, targets, network);
    const made = await server.lattice.send(
      new CreateTargetGroupCommand({
        name: 'stand-ins',
        type: 'INSTANCE',
        config: { vpcIdentifier: targets, protocol: 'HTTP', port: targetPort },
      }),
    );
    const targetGroupIdentifier = given(made.id);
    const id = 'i-0123456789abcdef0';
    await server.lattice.send(new RegisterTargetsCommand({ targetGroupIdentifier, targets: [{ id }] }));
    await makeListener(server, service.id, forward([targetGroupIdentifier, 1]));
    await offer(server, service.id, network);
    const statuses = async () => {
      const { items } = await server.lattice.send(new ListTargetsCommand({ targetGroupIdentifier }));
      return given(items).map(({ status }) => status);
    };
    const place = { vpc: targets, instance: id, address: '10.0.1.30' };
    const target = await startTarget(server, place, 'stand-in', targetPort);
    try {
      await eventually('the target is HEALTHY', async () => (await statuses())[0] === 'HEALTHY');
      await using client = TestClient.start(server, { vpc: targets, address: '10.0.1.31' });
      const request = { name: service.dnsName, port: listenerPort };
      const answer = await client.request(request);
      assert.equal((JSON.parse(answer.body) as { target: string }).target, 'stand-in');
      const second = await server.exec(['--vpc', targets, '--instance', id], ['true']);
      assert.match(second.stderr, /another workload stands for i-0123456789abcdef0 already/);
      await target[Symbol.asyncDispose]();
      await eventually('nothing stands for it', async () => (await client.request(request)).status === 503);
    } finally {
      await target[Symbol.asyncDispose]();
    }
  });

  test('exec --instance takes the place of an instance of the configuration, and refuses what is none', async () => {
    const taken = await server.exec(['--vpc', 'shop', '--instance', 'web-1'], ['sh', '-c', 'echo $PERGOLA_ADDRESS']);
    assert.match(taken.stdout, /\.1\.10\n$/);
    const elsewhere = await server.exec(['--vpc', 'shop', '--instance', 'web-1', '--address', '10.0.1.11'], ['true']);
    assert.match(elsewhere.stderr, /has the address 10\.0\.1\.10/);
    const unknown = await server.exec(['--vpc', 'shop', '--instance', 'web-2'], ['true']);
    assert.match(unknown.stderr, /web-2 is neither an instance of VPC vpc-\w+ nor an instance id/);
    assert.deepEqual([taken.status, elsewhere.status, unknown.status], [0, 1, 1]);
  });

  test('exec --role is refused for a role that is not there', async () => {
    const refused = await server.exec(['--vpc', 'shop', '--role', 'arn:aws:iam::123456789012:role/x'], ['true']);
    assert.deepEqual(
      [refused.status, /there is no role arn:aws:iam::123456789012:role\/x/.test(refused.stderr)],
      [1, true],
    );
  });

  const inNamespace = obstacle === undefined ? false : `no namespaces here: ${obstacle}`;

  test('exec --security-group gives the workload the rules of the groups', { skip: inNamespace }, async () => {
    const { vpcs } = (await (await server.call('GET', '/-/status')).json()) as {
      vpcs: { id: string; name?: string }[];
    };
    const vpc = given(vpcs.find(({ name }) => name === 'shop')).id;
    const [network, service] = await Promise.all([makeNetwork(server), makeService(server)]);
    await enter(server, vpc, network);
    await makeListener(server, service.id, { fixedResponse: { statusCode: 404 } });
    await offer(server, service.id, network);
    const script = `const end = (text) => { console.log(text); process.exit(); };
      require('node:net').connect({ host: '${service.dnsName}', port: ${listenerPort} })
        .on('connect', () => end('connected')).on('error', (error) => end(error.code));
      setTimeout(end, 2000, 'silence')`;
    const asked = async (...groups: readonly string[]) => {
      const options = groups.flatMap((group) => ['--security-group', group]);
      const ended = await server.exec(['--vpc', 'shop', ...options], [process.execPath, '-e', script]);
      return ended.stdout.trimEnd();
    };
    assert.equal(await asked('free'), 'connected');
    assert.notEqual(await asked('shut'), 'connected');
    assert.equal(await asked('shut', 'free'), 'connected');
    const unknown = await server.exec(['--vpc', 'shop', '--security-group', 'nobody'], ['true']);
    assert.deepEqual([unknown.status, /has no security group nobody/.test(unknown.stderr)], [1, true]);
  });

  const notEntered = asOther === false ? inNamespace : asOther;

  test('exec ends with 3 for a user who may not enter the VPC', { skip: notEntered }, async () => {
    const checkout = copyCheckout();
    try {
      const { accessKeyId, secretAccessKey } = server.keys;
      const environment = [`AWS_ACCESS_KEY_ID=${accessKeyId}`, `AWS_SECRET_ACCESS_KEY=${secretAccessKey}`];
      const args = ['exec', '--api', server.api, '--vpc', 'shop', '--', 'true'];
      const ended = await finish(startPergola(checkout, args, ['env', ...environment]));
      assert.match(ended.stderr, /entering a VPC's namespace takes util-linux and root/);
      assert.equal(ended.status, 3);
    } finally {
      rmSync(checkout.root, { recursive: true, force: true });
    }
  });
});
