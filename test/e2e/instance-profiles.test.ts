// Instances with an instance profile: what stands for one has the role that is in the profile now.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import {
  AssociateIamInstanceProfileCommand,
  DescribeIamInstanceProfileAssociationsCommand,
  DisassociateIamInstanceProfileCommand,
  ReplaceIamInstanceProfileAssociationCommand,
} from '@aws-sdk/client-ec2';
import { AddRoleToInstanceProfileCommand, RemoveRoleFromInstanceProfileCommand } from '@aws-sdk/client-iam';
import { finish, startPergola, type TestServer } from '../server.ts';
import { onEveryAttachment, type Runs } from './attachments.ts';
import { makeInstance, makeProfile } from './profiled-instance.ts';
import { given } from './scenario.ts';

const apiProgram = join(import.meta.dirname, '..', 'programs', 'api-client.ts');
const packages = 'its program needs packages of development';
const here: Runs = { netns: true, loopback: true, userns: packages, 'other user': packages };
const inNamespaces: Runs = {
  netns: true,
  loopback: '169.254.169.254 is no address of a host',
  userns: true,
  'other user': packages,
};

async function associationOf({ ec2 }: TestServer, id: string): Promise<string> {
  const Filters = [{ Name: 'instance-id', Values: [id] }];
  const found = await ec2.send(new DescribeIamInstanceProfileAssociationsCommand({ Filters }));
  return given(found.IamInstanceProfileAssociations?.[0]?.AssociationId);
}

/** Says what the metadata service tells of the role each time that this has changed, until its standard input ends. */
const watcher = `
  const at = 'http://169.254.169.254/latest/';
  const asked = { method: 'PUT', headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '600' } };
  const token = await (await fetch(at + 'api/token', asked)).text();
  const get = (path) => fetch(at + 'meta-data/' + path, { headers: { 'x-aws-ec2-metadata-token': token } });
  let before = '';
  process.stdin.on('end', () => process.exit(0)).resume();
  for (;;) {
    const [info, role] = [await get('iam/info'), await get('iam/security-credentials/')];
    const code = info.status === 200 ? (await info.json()).Code : info.status;
    const now = code + ' ' + role.status + ' ' + (await role.text());
    if (now !== before) console.log(before = now);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }`;

onEveryAttachment({ workers: 1 }, [
  {
    name: 'what stands for an instance with a profile has the role of the profile, and another one when it is given that',
    runs: here,
    async run(server) {
      const own = await makeProfile(server, 'web');
      const other = await makeProfile(server, 'other');
      const { vpc, id } = await makeInstance(server, own.name);
      const identify = async (...place: readonly string[]): Promise<string> => {
        const home = ['AWS_SHARED_CREDENTIALS_FILE=/dev/null', 'AWS_CONFIG_FILE=/dev/null'];
        const command = ['env', ...home, process.execPath, apiProgram];
        const { status, stdout, stderr } = await finish(
          startPergola(
            server.checkout,
            ['exec', '--data', server.data, '--vpc', vpc, ...place, '--', ...command],
            // Keys of whoever starts it are not those of the instance.
            ['env', 'AWS_ACCESS_KEY_ID=x', 'AWS_SECRET_ACCESS_KEY=x'],
          ),
        );
        assert.equal(status, 0, stderr);
        return String((JSON.parse(stdout) as Readonly<Record<string, unknown>>)['Arn']);
      };
      const session = ({ role }: { readonly role: string }): string =>
        `${role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${id}`;
      assert.equal(await identify('--instance', id), session(own));
      assert.equal(await identify('--instance', id, '--role', other.role), session(other));
      const IamInstanceProfile = { Name: other.name };
      const AssociationId = await associationOf(server, id);
      await server.ec2.send(new ReplaceIamInstanceProfileAssociationCommand({ AssociationId, IamInstanceProfile }));
      await server.obeyed();
      assert.equal(await identify('--instance', id), session(other));
    },
  },
  {
    name: 'a program that runs sees its profile come, change, lose its role and go',
    runs: inNamespaces,
    async run(server) {
      const [first, second] = [await makeProfile(server, 'first'), await makeProfile(server, 'second')];
      const { vpc, id } = await makeInstance(server);
      const child = server.startExec(['--vpc', vpc, '--instance', id], [process.execPath, '-e', watcher]);
      const ended = once(child, 'close');
      const lines = createInterface({ input: given(child.stdout ?? undefined) })[Symbol.asyncIterator]();
      /** The next thing that is told, which may be told in two parts. */
      const expect = async (wanted: string): Promise<void> => {
        for (;;) {
          const { value, done } = await lines.next();
          assert.notEqual(done, true, `it ended before it said ${wanted}`);
          if (value === wanted) return;
        }
      };
      await expect('404 404 ');
      await server.ec2.send(
        new AssociateIamInstanceProfileCommand({ InstanceId: id, IamInstanceProfile: { Name: first.name } }),
      );
      await expect(`Success 200 ${first.name}`);
      const IamInstanceProfile = { Name: second.name };
      const AssociationId = await associationOf(server, id);
      await server.ec2.send(new ReplaceIamInstanceProfileAssociationCommand({ AssociationId, IamInstanceProfile }));
      await expect(`Success 200 ${second.name}`);
      const inside = { InstanceProfileName: second.name, RoleName: second.name };
      await server.iam.send(new RemoveRoleFromInstanceProfileCommand(inside));
      await expect('InstanceProfileNotFound 404 ');
      await server.iam.send(new AddRoleToInstanceProfileCommand(inside));
      await expect(`Success 200 ${second.name}`);
      const last = await associationOf(server, id);
      await server.ec2.send(new DisassociateIamInstanceProfileCommand({ AssociationId: last }));
      await expect('404 404 ');
      child.stdin?.end();
      await ended;
    },
  },
]);
