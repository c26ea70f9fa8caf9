// One request from wire to wire: choose the service, authenticate, decode, validate, call the operation, encode.

import type { AuditedCall } from '../base/audited-call.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { createSigningKeys, parseAuthorization, type Authorization, type SignatureFailure } from '../sigv4/index.ts';
import { createAwsJson } from './aws-json.ts';
import { authenticate, type Caller, type Credential } from './authenticate.ts';
import { createCallRecord, type Claim } from './call-record.ts';
import type { Codec, Protocol, Service, ServiceDefinition, WireRequest, WireResponse } from './codec.ts';
import { addUnfit, type Issue } from './issue.ts';
import type { Obstacle } from './obstacle.ts';
import { createQuery } from './query.ts';
import { createRestJson } from './rest-json.ts';
import { createRestXml } from './rest-xml.ts';
import { readServiceSchema } from './schema.ts';
import { selectService } from './select-service.ts';
import { ServiceError } from './service-error.ts';
import { validateInput } from './validate.ts';

/** Who calls, from where, when. */
export interface Call extends Caller {
  readonly region: string;
  readonly requestId: string;
  readonly userAgent: string;
  readonly sourceIp: string;
  /** The VPC that the call came from, `sourceIp` being an address of it; absent: it came to the API's own address. */
  readonly sourceVpc?: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What an operation answers: its output by the schema, and the revision that a change made. */
export interface Answer {
  readonly output: unknown;
  readonly revision?: number;
  /** The operation keeps the call's audit event itself, with its change. */
  readonly audited?: boolean;
}

/**
 * One operation. `input` has been decoded and validated; a `ServiceError` thrown is the answer, any other throw is a 500.
 * `audited` describes the call as one that is answered with an output.
 */
export type OperationHandler = (
  input: unknown,
  call: Call,
  audited: (output: unknown) => AuditedCall,
) => Promise<Answer>;

/**
 * What is wrong with an input beside what its schema says: which members do not go together, or with what is there. `input` has
 * been decoded, and may be anything that the schema has types for. Throws nothing.
 */
export type JudgeInput = (input: unknown, call: Call) => readonly { readonly name: string; readonly message: string }[];

/** A service and those of its operations that are implemented; the others answer 501. */
export interface ServedService {
  readonly definition: ServiceDefinition;
  readonly operations: ReadonlyMap<string, OperationHandler>;
  /** By operation. An input that its schema refuses is judged as well, so that the answer names all that is wrong with it. */
  readonly judges?: ReadonlyMap<string, JudgeInput>;
}

/** Told of every operation that was answered. */
export type Observe = (event: {
  readonly service: string;
  readonly operation: string;
  readonly status: number;
}) => void;

/** How requests are let in. */
export interface DispatchOptions {
  /** The first is meant by requests that name none. */
  readonly services: readonly [ServedService, ...ServedService[]];
  readonly regions: readonly string[];
  readonly defaultAccount: string;
  readonly open: boolean;
}

/** What dispatching needs. */
export interface DispatchDeps {
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'uuid'>;
  readonly log: Log;
  readonly findCredential: (accessKeyId: string, sessionToken: string | undefined) => Credential | undefined;
  readonly observe?: Observe;
  /** Told of every call of a known operation when it has ended, whoever called and however it ended, unless the operation kept the event itself. */
  readonly audit?: (call: AuditedCall) => void;
}

/** Where a request came from, and the id that its answer carries. */
export interface Source {
  readonly requestId: string;
  readonly sourceIp: string;
  /** As of a `Call`. No key but known ones is accepted from there, also in test mode. */
  readonly sourceVpc?: string;
}

/** The two ways into the services: the AWS protocols, and authentication alone for the server's own paths. */
export interface Dispatcher {
  dispatch(request: WireRequest, source: Source): Promise<WireResponse>;
  /** Who signed a request to one of the server's own paths; throws a `ServiceError` when that cannot be believed. */
  identify(request: WireRequest, source: Source): Call;
  /** An error on one of the server's own paths, in the form of the first service. */
  encodeError(error: ServiceError, requestId: string): WireResponse;
  /** A request that is not dispatched, in the form of the service that it means as far as it was read; undefined when nothing was. */
  turnAway(reason: Obstacle, message: string, request: WireRequest | undefined, requestId: string): WireResponse;
}

/** What a request says about who signed it. */
type Parsed = { readonly ok: true; readonly authorization: Authorization } | SignatureFailure;

/** Derived keys that are kept: one for each access key, day, region and service that calls. */
const MOST_SIGNING_KEYS = 10_000;

/** Makes the dispatcher of a server. */
export function createDispatcher(options: DispatchOptions, deps: DispatchDeps): Dispatcher {
  const definitions = options.services.map(({ definition }) => definition);
  const codecs: Record<Protocol, Codec> = {
    restJson1: createRestJson(),
    restXml: createRestXml(),
    awsJson1_0: createAwsJson('1.0'),
    awsJson1_1: createAwsJson('1.1'),
    ec2Query: createQuery('ec2Query'),
    query: createQuery('query'),
  };
  const loaded = new Map<string, Promise<Service>>();
  const load = (definition: ServiceDefinition): Promise<Service> => {
    const known = loaded.get(definition.id);
    if (known !== undefined) return known;
    const loading = definition.load().then((exports) => ({ definition, schema: readServiceSchema(exports) }));
    loaded.set(definition.id, loading);
    return loading;
  };
  /** A service as far as the server's own errors need it: none of them is in a schema. */
  const withoutSchema = (definition: ServiceDefinition): Service => ({
    definition,
    schema: { operations: new Map(), errors: new Map() },
  });
  const plain = withoutSchema(options.services[0].definition);
  const signingKeys = createSigningKeys(MOST_SIGNING_KEYS);
  const meant = (request: WireRequest, parsed: Parsed): ServiceDefinition | undefined =>
    selectService(definitions, request, parsed.ok ? parsed.authorization : undefined);
  /** The regions that calls of a service may be signed for. */
  const regionsOf = (service: string): readonly string[] => {
    const { globalRegion } = definitions.find(({ signingName }) => signingName === service) ?? {};
    return globalRegion === undefined ? options.regions : [...options.regions, globalRegion];
  };
  const authenticated = (request: WireRequest, parsed: Parsed, source: Source): Call | SignatureFailure => {
    if (!parsed.ok) return parsed;
    const now = deps.clock.now();
    const result = authenticate(request, parsed.authorization, {
      open: options.open && source.sourceVpc === undefined,
      defaultAccount: options.defaultAccount,
      regions: regionsOf(parsed.authorization.scope.service),
      now,
      findCredential: deps.findCredential,
      signingKeys,
    });
    if (!result.ok) return result;
    const userAgent = request.headers.get('user-agent') ?? '';
    return { ...result.caller, region: parsed.authorization.scope.region, userAgent, now, ...source };
  };

  /** The call of an operation that nobody has to sign: who calls, its input says. */
  const unsigned = (request: WireRequest, source: Source): Call => ({
    ...{ account: options.defaultAccount, principalArn: 'anonymous', accessKeyId: '' },
    ...{ region: options.regions[0] ?? '', userAgent: request.headers.get('user-agent') ?? '', now: deps.clock.now() },
    ...source,
  });

  /** What a request whose signature is not believed says of itself. */
  const claimOf = (request: WireRequest, parsed: Parsed): Claim => {
    const claimed = parsed.ok ? parsed.authorization : undefined;
    const account =
      claimed === undefined ? undefined : deps.findCredential(claimed.accessKeyId, claimed.sessionToken)?.account;
    return {
      accessKeyId: claimed?.accessKeyId,
      account: account ?? options.defaultAccount,
      region: options.regions.find((region) => region === claimed?.scope.region) ?? options.regions[0] ?? '',
      userAgent: request.headers.get('user-agent') ?? '',
      now: deps.clock.now(),
    };
  };

  async function answer(service: Service, request: WireRequest, parsed: Parsed, source: Source): Promise<WireResponse> {
    const codec = codecs[service.definition.protocol];
    const found = codec.findOperation(service, request);
    const record =
      found === undefined ? undefined : createCallRecord(service.definition, found.operation, source, deps.random);
    let operation = '';
    let response: WireResponse;
    try {
      const open = found !== undefined && service.definition.unsigned?.includes(found.operation.name) === true;
      const call = open ? unsigned(request, source) : authenticated(request, parsed, source);
      if ('ok' in call) throw codec.refusals.badSignature(call);
      if (found === undefined || record === undefined) throw codec.refusals.unknownOperation(request);
      operation = found.operation.name;
      record.believe(call);
      const issues: Issue[] = [];
      const input = codec.decodeInput(found, request, issues);
      const served = options.services.find(({ definition }) => definition === service.definition);
      if (issues.length === 0) {
        record.read(input);
        // What could not be read cannot be judged: its members would look absent.
        validateInput(found.operation.input, input, service.definition.constraints, issues);
        if (issues.length > 0) addUnfit(issues, served?.judges?.get(operation)?.(input, call) ?? []);
      }
      if (issues.length > 0) throw codec.refusals.badInput(issues, service);
      const handler = served?.operations.get(operation);
      if (handler === undefined) throw codec.refusals.notImplemented(operation);
      const { output, revision, audited } = await handler(input, call, record.answered);
      response = codec.encodeResult(service, found.operation, output, source.requestId);
      if (revision !== undefined)
        response = { ...response, headers: { ...response.headers, 'x-pergola-revision': String(revision) } };
      if (audited !== true) deps.audit?.(record.answered(output));
    } catch (error) {
      const known = error instanceof ServiceError ? error : codec.refusals.internal(source.requestId);
      if (known !== error || known.cause !== undefined)
        deps.log.error('an operation failed', {
          requestId: source.requestId,
          operation,
          error: known === error ? known.cause : error,
        });
      response = codec.encodeError(service, known, source.requestId);
      if (record !== undefined) deps.audit?.(record.refused(known, () => claimOf(request, parsed)));
    }
    if (operation !== '') deps.observe?.({ service: service.definition.id, operation, status: response.status });
    return response;
  }

  return {
    async dispatch(request, source) {
      const parsed = parseAuthorization(request);
      const chosen = meant(request, parsed);
      if (chosen !== undefined) return answer(await load(chosen), request, parsed, source);
      const scope = parsed.ok ? parsed.authorization.scope.service : '';
      const message = `Pergola does not serve the AWS service '${scope}'; it serves ${definitions.map(({ signingName }) => signingName).join(', ')}.`;
      return codecs[plain.definition.protocol].encodeError(
        plain,
        new ServiceError('NotImplementedException', message, { status: 501 }),
        source.requestId,
      );
    },
    identify(request, source) {
      const call = authenticated(request, parseAuthorization(request), source);
      const { refusals } = codecs[plain.definition.protocol];
      if ('ok' in call) throw refusals.badSignature(call);
      return call;
    },
    encodeError: (error, requestId) => codecs[plain.definition.protocol].encodeError(plain, error, requestId),
    turnAway(reason, message, request, requestId) {
      const chosen = request === undefined ? undefined : meant(request, parseAuthorization(request));
      const service = chosen === undefined ? plain : withoutSchema(chosen);
      const codec = codecs[service.definition.protocol];
      return codec.encodeError(service, codec.refusals.turnedAway(reason, message), requestId);
    },
  };
}
