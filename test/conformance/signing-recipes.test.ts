// The recipes of docs/signing.md, as they stand there, against a service that lets one role in: JavaScript, Python, curl, Go and Java.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { PutAuthPolicyCommand, UpdateServiceCommand } from '@aws-sdk/client-vpc-lattice';
import { partFolder } from '../../tools/peers.ts';
import { goEnvironment } from '../../tools/registries.ts';
import { given, listenerPort } from '../e2e/scenario.ts';
import { openShop, type Shop } from '../e2e/shop.ts';
import { finish, ownCheckout, TestServer } from '../server.ts';

const recipes = readFileSync(join(ownCheckout.root, 'docs', 'signing.md'), 'utf8');
const document = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });

/** The first block of `language` below the heading. */
function recipe(heading: string, language: string): string {
  const [, part = ''] = recipes.split(`## ${heading}\n`);
  return (
    new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(part)?.[1] ?? assert.fail(`there is no recipe for ${heading}`)
  );
}

describe('recipes', () => {
  let server: TestServer;
  let shop: Shop;
  let folder: string;
  let keys: readonly string[];
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pergola-recipes-'));
    symlinkSync(join(ownCheckout.root, 'node_modules'), join(folder, 'node_modules'));
    server = await TestServer.start({ attach: 'netns' });
    shop = await openShop(server);
    const admin = given((await server.sts.send(new GetCallerIdentityCommand())).Arn);
    const AssumeRolePolicyDocument = document({ Effect: 'Allow', Principal: { AWS: admin }, Action: 'sts:AssumeRole' });
    const { Role } = await server.iam.send(new CreateRoleCommand({ RoleName: 'reader', AssumeRolePolicyDocument }));
    const RoleArn = given(Role?.Arn);
    const PolicyDocument = document({ Effect: 'Allow', Action: 'vpc-lattice-svcs:Invoke', Resource: '*' });
    await server.iam.send(new PutRolePolicyCommand({ RoleName: 'reader', PolicyName: 'may', PolicyDocument }));
    await server.lattice.send(new UpdateServiceCommand({ serviceIdentifier: shop.service, authType: 'AWS_IAM' }));
    const policy = document({ Effect: 'Allow', Principal: { AWS: RoleArn }, Action: '*', Resource: '*' });
    await server.lattice.send(new PutAuthPolicyCommand({ resourceIdentifier: shop.service, policy }));
    await server.obeyed();
    const { Credentials: made } = await server.sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'recipe' }));
    keys = [
      `AWS_ACCESS_KEY_ID=${made?.AccessKeyId}`,
      `AWS_SECRET_ACCESS_KEY=${made?.SecretAccessKey}`,
      `AWS_SESSION_TOKEN=${made?.SessionToken}`,
      'AWS_REGION=us-east-1',
      'AWS_DEFAULT_REGION=us-east-1',
    ];
  });
  after(async () => {
    await shop?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A recipe as a file. */
  function written(file: string, text: string): string {
    const path = join(folder, file);
    writeFileSync(path, text);
    return path;
  }

  /** Runs a recipe in the clients' VPC, with the role's keys. */
  async function tried(...program: readonly string[]): Promise<void> {
    for (const target of ['/a', '/a%20b/c?d=e%20f&g=1&h']) {
      const url = `http://${shop.name}:${listenerPort}${target}`;
      const place = ['--vpc', shop.clients, '--address', '10.0.1.90'];
      const { stdout, stderr } = await server.exec(place, ['env', ...keys, ...program, url]);
      assert.match(stdout, /200/, `${target}: ${stdout}${stderr}`);
      assert.match(stdout, /assumed-role\/reader\/recipe/, stdout);
    }
  }

  test('JavaScript', () => tried(process.execPath, written('recipe.mjs', recipe('JavaScript', 'js'))));
  test('Python', () =>
    tried(`PYTHONPATH=${partFolder('aws-python')}`, 'python3', written('recipe.py', recipe('Python', 'python'))));
  // Older curls sign the query as it stands.
  test('curl', () => tried('sh', written('recipe.sh', recipe('curl', 'sh').replace('"$1"', '"${1%&h}"'))));
  test('Go', async () => {
    const program = join(folder, 'recipe');
    const [cwd, source] = [partFolder('aws-go'), written('recipe.go', recipe('Go', 'go'))];
    // Everything that it imports is in the part.
    const env = { ...process.env, ...goEnvironment(cwd), GOPROXY: 'off' };
    const build = spawn('go', ['build', '-o', program, source], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const { status, stderr } = await finish(build);
    assert.equal(status, 0, stderr);
    await tried(program);
  });
  test('Java', () => {
    const jars = join(partFolder('aws-java'), 'jars', '*');
    return tried('java', '-cp', jars, written('Call.java', recipe('Java', 'java')));
  });
});
