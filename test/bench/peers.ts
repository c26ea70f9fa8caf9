// The peers of a bench: each a proxy of one worker in front of the same target, doing the same work per request.

import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { start, treeOf, waitForPort, type Started } from './processes.ts';

/** A proxy under measurement. */
export interface Contender extends AsyncDisposable {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** What clients send as Host. */
  readonly hostHeader: string;
  /** The processes whose CPU time is its own. */
  pids(): readonly number[];
}

/** An address and a port. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/** Where and with what a peer runs. `enter` goes before the command (a namespace's entrance, or nothing). */
export interface PeerSetting {
  readonly directory: string;
  readonly listen: Place;
  readonly target: Place;
  readonly enter: readonly string[];
  /** The namespace in which a peer listens when it is not the one that it runs in, by name. */
  readonly listenNamespace?: string;
  /** The address that it dials the target from. */
  readonly source?: string;
  /** Path of the Unix socket of a service that Envoy asks about every request (ext_authz over gRPC). */
  readonly authz?: string;
}

const constant =
  '"serviceNetworkArn":"arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0123456789abcdef0","sourceVpcId":"vpc-0123456789abcdef0","sourceVpcArn":"arn:aws:ec2:us-east-1:123456789012:vpc/vpc-0123456789abcdef0","serviceArn":"arn:aws:vpc-lattice:us-east-1:123456789012:service/svc-0123456789abcdef0","listenerId":"listener-0123456789abcdef0","listenerType":"HTTP","targetGroupArn":"arn:aws:vpc-lattice:us-east-1:123456789012:targetgroup/tg-0123456789abcdef0","destinationVpcId":"vpc-0123456789abcdef1","sslCipher":"-","tlsVersion":"-","serverNameIndication":"-","resolvedUser":"-","authDeniedReason":"-","callerPrincipal":"-","callerPrincipalTags":"-","callerPrincipalOrgID":"-","callerX509SubjectCN":"-","callerX509IssuerOU":"-","callerX509SANNameCN":"-","callerX509SANDNS":"-","callerX509SANURI":"-","grpcResponseCode":"-","ruleId":"rule-0123456789abcdef0"';

/** Only what a signature is made of is told to the service; every x-amz- header must be signed. */
const authzFilter = `                  - name: envoy.filters.http.ext_authz
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz
                      transport_api_version: V3
                      allowed_headers: { patterns: [{ exact: authorization }, { prefix: x-amz- }] }
                      grpc_service: { envoy_grpc: { cluster_name: authz }, timeout: 5s }
`;

const authzCluster = (socket: string): string => `    - name: authz
      type: STATIC
      typed_extension_protocol_options:
        envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
          "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
          explicit_http_config: { http2_protocol_options: {} }
      load_assignment:
        cluster_name: authz
        endpoints: [{ lb_endpoints: [{ endpoint: { address: { pipe: { path: ${socket} } } } }] }]
`;

function render(file: string, setting: PeerSetting): string {
  const { listen, target } = setting;
  const values: Readonly<Record<string, string>> = {
    DIR: setting.directory,
    LISTEN: `${listen.host}:${listen.port}`,
    LISTEN_HOST: listen.host,
    LISTEN_PORT: String(listen.port),
    TARGET: `${target.host}:${target.port}`,
    TARGET_HOST: target.host,
    TARGET_PORT: String(target.port),
    CONSTANT: constant,
    NGINX_SOURCE: setting.source === undefined ? '' : `proxy_bind ${setting.source}; `,
    HAPROXY_SOURCE: setting.source === undefined ? '' : ` source ${setting.source}`,
    HAPROXY_NAMESPACE: setting.listenNamespace === undefined ? '' : ` namespace ${setting.listenNamespace}`,
    ENVOY_NAMESPACE:
      setting.listenNamespace === undefined
        ? ''
        : `, network_namespace_filepath: /run/netns/${setting.listenNamespace}`,
    ENVOY_SOURCE:
      setting.source === undefined
        ? ''
        : `      upstream_bind_config: { source_address: { address: ${setting.source}, port_value: 0 } }\n`,
    ENVOY_AUTHZ_FILTER: setting.authz === undefined ? '' : authzFilter,
    ENVOY_AUTHZ_CLUSTER: setting.authz === undefined ? '' : authzCluster(setting.authz),
    BODY: 'x'.repeat(512),
  };
  const path = join(setting.directory, file);
  writeFileSync(
    path,
    readFileSync(join(import.meta.dirname, 'peers', file), 'utf8').replace(
      /@([A-Z_]+)@/g,
      (_all, name: string) => values[name] ?? '',
    ),
  );
  return path;
}

/** Starts the target: nginx with a body of 512 bytes. */
export async function startTarget(setting: PeerSetting, probe = true): Promise<Started> {
  const started = start([
    ...setting.enter,
    'nginx',
    '-c',
    render('nginx-target.conf', setting),
    '-p',
    setting.directory,
  ]);
  if (probe) await waitForPort(setting.target.host, setting.target.port, started);
  return started;
}

/** A proxy that Pergola is measured beside. */
export type PeerName = 'nginx' | 'haproxy' | 'envoy';

/** Starts a peer by its name. */
export async function startPeer(name: PeerName, setting: PeerSetting, probe = true): Promise<Contender> {
  const started =
    name === 'haproxy'
      ? startHaproxy(setting)
      : start(name === 'nginx' ? nginxCommand(setting) : envoyCommand(setting));
  if (probe) await waitForPort(setting.listen.host, setting.listen.port, started);
  return {
    name,
    ...setting.listen,
    hostHeader: 'bench',
    pids: () => treeOf(started.pid),
    [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
  };
}

/** HAProxy logs to its standard output, which is a file here. */
function startHaproxy(setting: PeerSetting): Started {
  const [file, ...args] = [...setting.enter, 'haproxy', '-f', render('haproxy.cfg', setting)];
  const child = spawn(file, args, {
    stdio: ['ignore', openSync(join(setting.directory, 'haproxy-access.jsonl'), 'a'), 'pipe'],
    detached: true,
  });
  let errors = '';
  child.stderr?.on('data', (data: Buffer) => (errors = (errors + data.toString()).slice(-4000)));
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  return {
    pid: child.pid ?? 0,
    errors: () => errors,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function envoyCommand(setting: PeerSetting): readonly string[] {
  return [
    ...setting.enter,
    'envoy',
    '-c',
    render('envoy.yaml', setting),
    '--concurrency',
    '1',
    '-l',
    'error',
    '--base-id',
    String(process.pid % 30000),
  ];
}

/** nginx cannot listen in another namespace itself, but takes a listening socket over from whoever starts it (as in its own binary upgrade). */
function nginxCommand(setting: PeerSetting): readonly string[] {
  const command = [...setting.enter, 'nginx', '-c', render('nginx.conf', setting), '-p', setting.directory];
  if (setting.listenNamespace === undefined) return command;
  const { host, port } = setting.listen;
  const script = `import os, socket, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("${host}", ${port}))
s.listen(4096)
os.set_inheritable(s.fileno(), True)
os.environ["NGINX"] = "%d;" % s.fileno()
os.execvp(sys.argv[1], sys.argv[1:])`;
  return ['nsenter', `--net=/run/netns/${setting.listenNamespace}`, 'python3', '-c', script, ...command];
}
