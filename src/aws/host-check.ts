// Refuses requests that a foreign web page could have made a browser send (DNS rebinding, cross-site posts).

/** Where a connection arrived. */
export interface LocalEnd {
  readonly address: string;
  readonly port: number;
}

/**
 * Why a request may not be served, or undefined. `host` must be the connection's own address and port, `localhost` with the
 * port, or one of `names` (`NAME` for any port, or `NAME:PORT`); `origin`, when there is one, must be `http(s)://` such a host.
 */
export function checkHost(
  host: string | undefined,
  origin: string | undefined,
  local: LocalEnd,
  names: readonly string[],
): string | undefined {
  if (host === undefined || host === '') return 'The request has no Host header.';
  if (!isOurs(host, local, names))
    return `The Host '${host.slice(0, 255)}' is neither the address of this server nor a configured name.`;
  if (origin === undefined) return undefined;
  const originHost = /^https?:\/\/([^/]+)$/.exec(origin)?.[1];
  if (originHost === undefined || !isOurs(originHost, local, names))
    return `The Origin '${origin.slice(0, 255)}' is foreign.`;
  return undefined;
}

function isOurs(host: string, local: LocalEnd, names: readonly string[]): boolean {
  const match = /^(\[[0-9a-f:.]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(host.toLowerCase());
  if (match === null) return false;
  const [, name = '', port = '80'] = match;
  if (names.some((one) => one.toLowerCase() === name || one.toLowerCase() === `${name}:${port}`)) return true;
  if (Number(port) !== local.port) return false;
  const address = local.address.replace(/^::ffff:(?=\d+\.)/, '');
  return name === 'localhost' || name === address || name === `[${address}]`;
}
