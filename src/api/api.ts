// Puts the API together: the AWS services that are served, the server's own paths, and who may call.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { createAwsServer, type Observe, type ServerLimits, type VpcOrigin } from '../aws/index.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { bySameName, createAuthorize, type SubjectsOf } from './authorization/authorize.ts';
import { ec2Subjects } from './authorization/ec2-subjects.ts';
import { createCallers } from './authorization/callers.ts';
import { iamSubjects } from './authorization/iam-subjects.ts';
import { latticeSubjects } from './authorization/lattice-subjects.ts';
import { route53Subjects } from './authorization/route53-subjects.ts';
import { stsSubjects } from './authorization/sts-subjects.ts';
import { taggingSubjects } from './authorization/tagging-subjects.ts';
import { createAuditTrail } from './audit/audit-trail.ts';
import { cloudTrailDefinition } from './cloudtrail/definition.ts';
import { cloudTrailOperations } from './cloudtrail/operations.ts';
import { ec2Definition } from './ec2/definition.ts';
import type { Ec2Deps } from './ec2/deps.ts';
import { ec2Operations } from './ec2/operations.ts';
import { iamDefinition } from './iam/definition.ts';
import type { IamDeps } from './iam/deps.ts';
import { iamOperations } from './iam/operations.ts';
import { latticeDefinition } from './lattice/definition.ts';
import type { LatticeDeps } from './lattice/deps.ts';
import { latticeOperations } from './lattice/operations.ts';
import type { Store } from '../store/index.ts';
import { bindAll, bindJudges, type Binding } from './operation.ts';
import type { PergolaDeps } from './pergola/deps.ts';
import { answerInternal } from './pergola/router.ts';
import { createRateLimiter, type RateLimits } from './rate-limiter.ts';
import { toEc2Error, toIamError, toLatticeError, toRoute53Error, toStsError, toTaggingError } from './refusal.ts';
import { route53Definition } from './route53/definition.ts';
import { route53Operations } from './route53/operations.ts';
import { createKeySets } from './sts/key-sets.ts';
import type { StsDeps } from './sts/deps.ts';
import { stsDefinition } from './sts/definition.ts';
import { stsOperations } from './sts/operations.ts';
import { taggingDefinition } from './tagging/definition.ts';
import { taggingOperations } from './tagging/operations.ts';

/** How the API is to behave. */
export interface ApiOptions {
  readonly regions: readonly string[];
  /** The account of unknown keys in test mode. */
  readonly defaultAccount: string;
  /** Hosts that are answered beside the bound address and `localhost`. */
  readonly hostNames: readonly string[];
  readonly limits: ServerLimits;
  /** Absent: no call is refused for its rate. */
  readonly rateLimits?: RateLimits;
}

/** What the API needs of the rest of the process. */
export interface ApiDeps
  extends LatticeDeps, Ec2Deps, Omit<IamDeps, 'regions'>, Pick<StsDeps, 'sessions'>, Omit<PergolaDeps, 'authorize'> {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** The console: answers an unsigned GET of `/` that accepts text/html. */
  readonly page: (request: IncomingMessage, response: ServerResponse) => void;
  /** Where a connection came from that a VPC has handed on, and the name that the API has there. */
  readonly originOf?: (socket: Duplex) => VpcOrigin | undefined;
  readonly nameInVpcs?: string;
  /** Told of every AWS operation that was answered. */
  readonly observe?: Observe;
}

/** Makes the API's server. The caller lets it listen and closes it. */
export function createApi(options: ApiOptions, deps: ApiDeps): Server {
  const admit = createRateLimiter(options.rateLimits ?? {});
  const { store, random, quotas, secrets } = deps;
  // Not by spreading `deps`: some of it is known only later.
  const iamDeps: IamDeps = { store, random, quotas, secrets, regions: options.regions };
  const callers = createCallers({
    state: () => deps.store.state.value,
    secrets: deps.secrets,
    openSession: deps.sessions.open,
  });
  const { sessions, clock } = deps;
  const stsDeps: StsDeps = { store, random, quotas, sessions, callers, keySets: createKeySets(clock) };
  const authorize = createAuthorize(callers);
  const binding = (
    serviceCode: string,
    translate: (error: unknown) => unknown,
    subjectsOf: SubjectsOf = bySameName(serviceCode),
  ): Binding => ({ serviceCode, admit, authorize, subjectsOf, translate });
  return createAwsServer(
    {
      ...options,
      open: deps.open,
      services: [
        {
          definition: latticeDefinition,
          operations: bindAll(latticeOperations, deps, binding('vpc-lattice', toLatticeError, latticeSubjects)),
          judges: bindJudges(latticeOperations, deps),
        },
        {
          definition: ec2Definition,
          operations: bindAll(ec2Operations(options.regions), deps, binding('ec2', toEc2Error, ec2Subjects)),
        },
        {
          definition: route53Definition,
          operations: bindAll(route53Operations, deps, binding('route53', toRoute53Error, route53Subjects)),
        },
        {
          definition: iamDefinition,
          operations: bindAll(iamOperations, iamDeps, binding('iam', toIamError, iamSubjects)),
        },
        {
          definition: stsDefinition,
          operations: bindAll(stsOperations, stsDeps, binding('sts', toStsError, stsSubjects)),
        },
        {
          definition: cloudTrailDefinition,
          operations: bindAll(cloudTrailOperations, deps, binding('cloudtrail', toLatticeError)),
        },
        {
          definition: taggingDefinition,
          operations: bindAll(taggingOperations, deps, binding('tagging', toTaggingError, taggingSubjects)),
        },
      ],
    },
    {
      clock: deps.clock,
      log: deps.log,
      random: deps.random,
      findCredential: callers.credential,
      internal: (request, response, call) => answerInternal(request, response, call, { ...deps, authorize }),
      page: deps.page,
      audit: createAuditTrail(deps),
      ...(deps.originOf === undefined ? {} : { originOf: deps.originOf }),
      ...(deps.nameInVpcs === undefined ? {} : { nameInVpcs: deps.nameInVpcs }),
      ...(deps.observe === undefined ? {} : { observe: deps.observe }),
    },
  );
}
