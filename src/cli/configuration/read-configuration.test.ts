// Every way to be wrong in pergola.yaml, and one file in which everything is right.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { certificate } from '../../../test/proxy/targets-certificate.ts';
import { checkAttachments } from './check-attachments.ts';
import { defaultLimits } from './limits.ts';
import { emptyConfiguration, readConfiguration } from './read-configuration.ts';

const deps = {
  environment: { SHOP_KEY: 'from-environment' },
  readFile(path: string): string {
    if (path === '/etc/pergola/targets.pem') return certificate;
    if (path !== '/etc/pergola/admin.key') throw new Error(`no such file: ${path}`);
    return 'from-file\n';
  },
};

function read(text: string) {
  const answer = readConfiguration('/etc/pergola/pergola.yaml', text, deps);
  assert.ok('configuration' in answer, JSON.stringify(answer));
  return answer.configuration;
}

/** The problems, without the folder. */
function problemsOf(text: string): string[] {
  const answer = readConfiguration('/etc/pergola/pergola.yaml', text, deps);
  return 'problems' in answer ? answer.problems.map((one) => one.replace('/etc/pergola/', '')) : [];
}

test('readConfiguration() reads every section', () => {
  const configuration = read(`
regions: [us-east-1, eu-west-1]
accounts:
  - { id: "111111111111", alias: shop }
principals:
  - arn: arn:aws:iam::111111111111:user/admin
    accessKeyId: AKIAADMIN
    secretAccessKey: { file: admin.key }
    policies: [{ Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "*", Resource: "*" }] }]
  - { arn: "arn:aws:iam::123456789012:role/ci", accessKeyId: AKIACI, secretAccessKey: { env: SHOP_KEY } }
vpcs:
  - name: shop
    account: shop
    region: eu-west-1
    cidrs: [10.0.0.0/16]
    attachment: { kind: netns }
    subnets: [{ cidr: 10.0.1.0/24, zone: eu-west-1b }, { cidr: 10.0.2.0/24 }]
    securityGroups:
      - name: web
        ingress: [{ protocol: tcp, port: 80, cidrs: [10.0.0.0/16] }, { protocol: udp, fromPort: 1, toPort: 9, groups: [web], prefixLists: [com.amazonaws.us-east-1.vpc-lattice], description: from the lattice }]
    instances:
      - { name: web-1, address: 10.0.1.10, securityGroups: [web], command: [node, web.mjs], environment: { PORT: "80" } }
      - { name: web-2, address: 10.0.1.11 }
      - { name: web-3, address: 10.0.1.12, namespace: { path: /run/netns/web }, role: "arn:aws:iam::111111111111:role/web" }
  - { name: shop, cidrs: [10.0.0.0/16] }
loadBalancers: [{ arn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/1", dnsName: LB.Test }]
limits: { associationTimeout: 500, accessLogFiles: 0 }
quotas: { services: 3, rulesPerListener: 0 }
rateLimits: { mutate: { burst: 50, perSecond: 5 } }
apiHosts: [Lattice.Test]
targetTls: { verify: true, ca: targets.pem, serverName: targets.test }
functions:
  - { arn: "arn:aws:lambda:us-east-1:123456789012:function:quote", command: [node, quote.mjs], concurrency: 4, environment: { A: b } }
  - { arn: "arn:aws:lambda:us-east-1:123456789012:function:far", endpoint: "http://127.0.0.1:9000", timeout: 30 }
`);
  assert.deepEqual(configuration, {
    regions: ['us-east-1', 'eu-west-1'],
    accounts: [{ id: '111111111111', alias: 'shop' }],
    principals: [
      {
        arn: 'arn:aws:iam::111111111111:user/admin',
        accessKeyId: 'AKIAADMIN',
        secretAccessKey: 'from-file',
        policies: [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }],
      },
      {
        arn: 'arn:aws:iam::123456789012:role/ci',
        accessKeyId: 'AKIACI',
        secretAccessKey: 'from-environment',
        // Of whom the file says nothing.
        policies: [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }],
      },
    ],
    vpcs: [
      {
        name: 'shop',
        account: '111111111111',
        region: 'eu-west-1',
        cidrs: ['10.0.0.0/16'],
        attachment: { kind: 'netns' },
        subnets: [
          { cidr: '10.0.1.0/24', zone: 'eu-west-1b' },
          { cidr: '10.0.2.0/24', zone: 'eu-west-1a' },
        ],
        securityGroups: [
          {
            name: 'web',
            ingress: [
              { protocol: 'tcp', fromPort: 80, toPort: 80, cidrs: ['10.0.0.0/16'], groups: [] },
              {
                ...{ protocol: 'udp', fromPort: 1, toPort: 9, cidrs: [], groups: ['web'] },
                ...{ prefixLists: ['com.amazonaws.us-east-1.vpc-lattice'], description: 'from the lattice' },
              },
            ],
            egress: [{ protocol: '-1', fromPort: -1, toPort: -1, cidrs: ['0.0.0.0/0', '::/0'], groups: [] }],
          },
        ],
        instances: [
          {
            name: 'web-1',
            address: '10.0.1.10',
            securityGroups: ['web'],
            command: ['node', 'web.mjs'],
            directory: '/etc/pergola',
            environment: { PORT: '80' },
          },
          { name: 'web-2', address: '10.0.1.11', securityGroups: [] },
          {
            ...{ name: 'web-3', address: '10.0.1.12', securityGroups: [], namespace: '/run/netns/web' },
            role: 'arn:aws:iam::111111111111:role/web',
          },
        ],
        place: '/etc/pergola/pergola.yaml:12',
      },
      {
        name: 'shop',
        account: '123456789012',
        region: 'us-east-1',
        cidrs: ['10.0.0.0/16'],
        subnets: [],
        securityGroups: [],
        instances: [],
        place: '/etc/pergola/pergola.yaml:25',
      },
    ],
    loadBalancers: [
      { arn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/1', dnsName: 'lb.test' },
    ],
    functions: [
      {
        kind: 'command',
        arn: 'arn:aws:lambda:us-east-1:123456789012:function:quote',
        command: ['node', 'quote.mjs'],
        directory: '/etc/pergola',
        environment: { A: 'b' },
        concurrency: 4,
        timeout: 3000,
      },
      {
        kind: 'endpoint',
        arn: 'arn:aws:lambda:us-east-1:123456789012:function:far',
        url: 'http://127.0.0.1:9000/2015-03-31/functions/far/invocations',
        timeout: 30_000,
      },
    ],
    apiHosts: ['lattice.test'],
    targetTls: { verify: true, ca: certificate, serverName: 'targets.test' },
    limits: { ...defaultLimits, associationTimeout: 500, accessLogFiles: 0 },
    quotas: { services: 3, rulesPerListener: 0 },
    rateLimits: { mutate: { burst: 50, perSecond: 5 } },
  });
});

test('readConfiguration() takes an empty file for the defaults', () => {
  assert.deepEqual(read('# nothing\n'), emptyConfiguration);
});

const oneVpc = (more: string): string => `vpcs:\n  - name: a\n    cidrs: [10.0.0.0/16]\n    ${more}\n`;

const albArn = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/1';

const quote = 'arn:aws:lambda:us-east-1:123456789012:function:quote';
const wrong: readonly (readonly [what: string, text: string, problem: RegExp])[] = [
  ['an unknown key', 'vpc: []', /^pergola.yaml:1: vpc: unknown key vpc; did you mean vpcs\?$/],
  ['an unknown key without a near one', 'x: 1', /unknown key x; there are regions, accounts,/],
  ['text that is no YAML', 'a: [1\nb: 2', /^pergola.yaml:\d: /],
  ['a key given twice', 'vpcs: []\nvpcs: []', /^pergola.yaml:2: Map keys must be unique$/],
  ['a list as the whole', '- 1', /this must be a mapping \(key: value\), not a list/],
  ['a section that is no list', 'vpcs: { name: a }', /vpcs: this must be a list, not a mapping/],
  [
    'an account id without quotes',
    'accounts: [{ id: 111111111111 }]',
    /a text \(write "111111111111"\), not the number/,
  ],
  ['an account given twice', 'accounts: [{ id: "111111111111" }, { id: "111111111111" }]', /is given twice/],
  ['an account that is not listed', oneVpc('account: "222222222222"'), /4: vpcs\[0\].account: 222222222222 is neither/],
  ['a region that is not listed', oneVpc('region: eu-west-1'), /unknown value eu-west-1; there is only us-east-1/],
  ['a region that is no name', 'regions: [Frankfurt]', /Frankfurt is not the name of a region/],
  ['no region', 'regions: []', /regions: this list needs at least one entry/],
  ['a VPC without ranges', 'vpcs: [{ name: a }]', /1: vpcs\[0\]: cidrs is missing/],
  [
    'a range with bits after its prefix',
    'vpcs: [{ name: a, cidrs: [10.0.0.1/16] }]',
    /10.0.0.1\/16 is not an IPv4 CIDR/,
  ],
  ['a range that is too large', 'vpcs: [{ name: a, cidrs: [10.0.0.0/8] }]', /between \/16 and \/28/],
  [
    'ranges that overlap',
    'vpcs: [{ name: a, cidrs: [10.0.0.0/16, 10.0.1.0/24] }]',
    /10.0.1.0\/24 overlaps 10.0.0.0\/16/,
  ],
  [
    'a VPC given twice',
    'vpcs:\n- { name: a, cidrs: [10.0.0.0/16] }\n- { name: a, cidrs: [10.1.0.0/16] }',
    /3: .* already, at \S+:2$/,
  ],
  ['a subnet outside of the VPC', oneVpc('subnets: [{ cidr: 10.1.0.0/24 }]'), /10.1.0.0\/24 is not in the VPC/],
  ['a zone of another region', oneVpc('subnets: [{ cidr: 10.0.1.0/24, zone: eu-west-1a }]'), /not a zone of us-east-1/],
  ['a kind of attachment that does not exist', oneVpc('attachment: { kind: netnz }'), /did you mean netns\?/],
  ['a remote attachment', oneVpc('attachment: { kind: remote }'), /not supported yet/],
  ['an existing namespace', oneVpc('attachment: { kind: netns, path: /run/netns/x }'), /not supported yet/],
  [
    'an instance outside of the VPC',
    oneVpc('instances: [{ name: i, address: 10.1.0.9 }]'),
    /10.1.0.9 is not in the VPC/,
  ],
  ['a reserved address', oneVpc('instances: [{ name: i, address: 10.0.0.2 }]'), /10.0.0.2 is reserved/],
  [
    'an address given twice',
    oneVpc('instances: [{ name: i, address: 10.0.0.9 }, { name: j, address: 10.0.0.9 }]'),
    /another instance/,
  ],
  [
    'an unknown security group',
    oneVpc('instances: [{ name: i, address: 10.0.0.9, securityGroups: [wbe] }]'),
    /no such security group: unknown name wbe/,
  ],
  [
    'a rule with a port and no protocol',
    oneVpc('securityGroups: [{ name: g, ingress: [{ port: 80, cidrs: [10.0.0.0/16] }] }]'),
    /is for tcp or udp/,
  ],
  [
    'a command that is a text',
    oneVpc('instances: [{ name: i, address: 10.0.0.9, command: node web.mjs }]'),
    /command: this must be a list/,
  ],
  [
    'a namespace with a relative path',
    oneVpc('instances: [{ name: i, address: 10.0.0.9, namespace: { path: run/netns/x } }]'),
    /is not the absolute path of a network namespace/,
  ],
  [
    'a namespace and a command',
    oneVpc('instances: [{ name: i, address: 10.0.0.9, namespace: { path: /run/netns/x }, command: [x] }]'),
    /a namespace or a command/,
  ],
  ['a function that is no ARN', 'functions: [{ arn: x, command: [x] }]', /x is not the ARN of a function/],
  [
    'a function with a version',
    `functions: [{ arn: "${quote}:1", command: [x] }]`,
    /is not the ARN of a function without version or alias/,
  ],
  [
    'a role that is no ARN of one',
    'vpcs: [{ name: a, cidrs: [10.0.0.0/16], instances: [{ name: b, address: 10.0.1.10, command: [x], role: orders }] }]',
    /pergola.yaml:1: .*orders is not the ARN of a role/,
  ],
  [
    'a role of another account',
    'vpcs: [{ name: a, cidrs: [10.0.0.0/16], instances: [{ name: b, address: 10.0.1.10, command: [x], role: "arn:aws:iam::999999999999:role/x" }] }]',
    /is of another account than the VPC/,
  ],
  [
    'a role of nobody',
    'vpcs: [{ name: a, cidrs: [10.0.0.0/16], instances: [{ name: b, address: 10.0.1.10, role: "arn:aws:iam::123456789012:role/x" }] }]',
    /role belongs to a command or a namespace/,
  ],
  ['a function without a command', `functions: [{ arn: "${quote}" }]`, /needs either a command or an endpoint/],
  [
    'a function twice',
    `functions: [{ arn: "${quote}", command: [x] }, { arn: "${quote}", command: [y] }]`,
    /is given twice/,
  ],
  ['an endpoint that is no URL', `functions: [{ arn: "${quote}", endpoint: x }]`, /x is not a URL/],
  [
    'an endpoint with environments',
    `functions: [{ arn: "${quote}", endpoint: "http://a", concurrency: 2 }]`,
    /concurrency belongs to a command/,
  ],
  ['a certificate', 'certificates: [{ arn: x }]', /certificates: not supported yet/],
  ['a limit that does not exist', 'limits: { drainTimout: 5 }', /unknown key drainTimout; did you mean drainTimeout\?/],
  ['a limit that is no number', 'limits: { drainTimeout: 5s }', /a whole number from 1 to 2147483647, not the text 5s/],
  ['a quota that does not exist', 'quotas: { service: 5 }', /unknown key service; did you mean services\?/],
  ['a rate without its refill', 'rateLimits: { read: { burst: 1 } }', /perSecond/],
  ['a rate of nothing', 'rateLimits: { read: { burst: 0, perSecond: 1 } }', /a whole number from 1/],
  ['a class of calls that does not exist', 'rateLimits: { write: {} }', /unknown key write/],
  ['a quota that is no number', 'quotas: { services: -1 }', /a whole number from 0/],
  [
    'a load balancer of another kind',
    `loadBalancers: [{ arn: "${albArn.replace('/app/', '/net/')}", dnsName: a }]`,
    /ARN of an ALB/,
  ],
  ['a load balancer without a name', `loadBalancers: [{ arn: "${albArn}" }]`, /dnsName is missing/],
  [
    'a load balancer at an odd name',
    `loadBalancers: [{ arn: "${albArn}", dnsName: "a b" }]`,
    /a b is not the name of the/,
  ],
  [
    'a load balancer given twice',
    `loadBalancers: [{ arn: "${albArn}", dnsName: a }, { arn: "${albArn}", dnsName: b }]`,
    /is given twice/,
  ],
  ['a truth that is none', 'targetTls: { verify: maybe }', /verify: this must be true or false, not the text maybe/],
  ['an authority that nothing is compared with', 'targetTls: { ca: targets.pem }', /without verify: true/],
  ['an authority that is not there', 'targetTls: { verify: true, ca: no.pem }', /no.pem cannot be read/],
  ['an authority that is no certificate', 'targetTls: { verify: true, ca: admin.key }', /has no certificate in PEM/],
  ['a server name that is an address', 'targetTls: { serverName: 10.0.0.1 }', /10.0.0.1 is not a host name/],
  ['an API host with a port', 'apiHosts: ["a:80"]', /a:80 is not a host name/],
];
for (const [what, text, problem] of wrong)
  test(`readConfiguration() refuses ${what}`, () => {
    const problems = problemsOf(text);
    assert.equal(problems.length, 1, problems.join('\n'));
    assert.match(problems[0] ?? '', problem);
  });

const principal = (more: string): string =>
  `principals:\n- { arn: "arn:aws:iam::123456789012:user/a", accessKeyId: AKIAA, ${more} }`;

test('readConfiguration() says which secret is not there', () => {
  assert.match(
    problemsOf(principal('secretAccessKey: { env: NO }')).join('\n'),
    /^pergola.yaml:2: .* the environment has no NO$/,
  );
  assert.match(
    problemsOf(principal('secretAccessKey: { file: no }')).join('\n'),
    /pergola\/no cannot be read|no cannot be read/,
  );
  assert.match(problemsOf(principal('secretAccessKey: {}')).join('\n'), /a secret is a text, or/);
});

test('readConfiguration() says where a policy is none', () => {
  const policy = '{ Statement: [{ Effect: Allow, Action: "ec2", Resource: "*" }] }';
  assert.match(
    problemsOf(principal(`secretAccessKey: s, policies: [${policy}]`)).join('\n'),
    /^pergola.yaml:2: .*no policy: at \/Statement\/0\/Action: /,
  );
});

test('readConfiguration() tells all problems at once', () => {
  assert.equal(problemsOf('vpc: 1\nlimits: { x: 1 }\nregions: []').length, 3);
});

test('checkAttachments() refuses VPCs of another kind, and ranges that loopback does not carry', () => {
  const netns = read(oneVpc('attachment: { kind: netns }'));
  assert.deepEqual(checkAttachments(netns, 'netns'), []);
  assert.match(
    checkAttachments(netns, 'loopback').join(),
    /yaml:2: the attachment of a is netns, but .* --attach netns/,
  );
  const two = read('vpcs: [{ name: a, cidrs: [10.0.0.0/16, 10.1.0.0/16] }]');
  assert.deepEqual(checkAttachments(two, 'netns'), []);
  assert.match(checkAttachments(two, 'loopback').join(), /carries only 10.0.0.0\/16 of a: leave 10.1.0.0\/16 out/);
});
