// A client that keeps resources as a description says, as Terraform does: it applies in the order of dependencies and in parallel, reads back, compares, and destroys.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { resourceTypes, type Json, type ResourceType, type Send, type TypeName } from './resource-types.ts';

/** One resource of a description. `config` gets those that it names in `after`, by name. */
export interface Described {
  readonly type: TypeName;
  readonly after?: readonly string[];
  readonly config: (made: (name: string) => Json) => Json;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Resources by name. */
export type Description = Readonly<Record<string, Described>>;

/** How long a status may take on a busy machine. */
const PATIENCE = 60_000;

/** See the file's first line. `send` makes a call; one that is refused throws an error with the exception's name. */
export class InfrastructureClient {
  readonly #send: Send;
  readonly #states = new Map<string, Json>();

  constructor(send: Send) {
    this.#send = send;
  }

  /** Makes what is missing and changes what differs. */
  async apply(description: Description): Promise<void> {
    await this.#walk(
      description,
      (described) => described.after ?? [],
      async (name, described) => {
        const config = this.#configOf(described);
        if (this.#states.has(name)) await this.#update(name, described, config);
        else await this.#create(name, described, config);
      },
    );
  }

  /** What `apply` would change; empty when everything is as described. */
  async plan(description: Description): Promise<readonly string[]> {
    const differences = Object.entries(description).map(async ([name, described]) => {
      const state = this.#states.get(name);
      if (state === undefined) return [`${name} would be made`];
      return this.#differences(name, described, this.#configOf(described), state);
    });
    return (await Promise.all(differences)).flat();
  }

  /** Removes everything, what depends on others first, and waits until it is gone. */
  async destroy(description: Description): Promise<void> {
    const dependents = (name: string): readonly string[] =>
      Object.entries(description).flatMap(([other, { after = [] }]) => (after.includes(name) ? [other] : []));
    await this.#walk(
      description,
      (_described, name) => dependents(name),
      async (name, { type }) => {
        const state = this.#states.get(name);
        if (state === undefined) return;
        const kind: ResourceType = resourceTypes[type];
        await this.#send(kind.delete, kind.identify(state));
        await this.#wait(name, async () => (await this.#read(type, state)) === undefined);
        this.#states.delete(name);
      },
    );
  }

  /** Runs `visit` for every resource, each after those that `before` names, the rest at once. */
  async #walk(
    description: Description,
    before: (described: Described, name: string) => readonly string[],
    visit: (name: string, described: Described) => Promise<void>,
  ): Promise<void> {
    const running = new Map<string, Promise<void>>();
    const run = (name: string): Promise<void> => {
      const begun = running.get(name);
      if (begun !== undefined) return begun;
      const described = description[name];
      assert.ok(described !== undefined, `nothing is called ${name}`);
      const promise = Promise.all(before(described, name).map(run)).then(() => visit(name, described));
      running.set(name, promise);
      return promise;
    };
    await Promise.all(Object.keys(description).map(run));
  }

  #configOf(described: Described): Json {
    return described.config((name) => {
      assert.ok(described.after?.includes(name), `${name} is used and not waited for`);
      const state = this.#states.get(name);
      assert.ok(state !== undefined, `${name} is not there`);
      return state;
    });
  }

  async #create(name: string, { type, tags }: Described, config: Json): Promise<void> {
    const kind: ResourceType = resourceTypes[type];
    const more = kind.tagged === true ? { clientToken: randomUUID(), ...(tags === undefined ? {} : { tags }) } : {};
    const answer = await this.#send(kind.create, { ...config, ...more });
    const state = { ...config, ...answer };
    this.#states.set(name, state);
    await this.#settle(name, type, state, 'CREATE_IN_PROGRESS');
  }

  async #update(name: string, described: Described, config: Json): Promise<void> {
    const kind: ResourceType = resourceTypes[described.type];
    const before = this.#states.get(name) ?? {};
    const changed = (await this.#differences(name, described, config, before)).map((one) => one.split(': ')[0] ?? '');
    const members = changed.flatMap((one) => (one === `${name}.tags` ? [] : [one.slice(name.length + 1)]));
    if (changed.includes(`${name}.tags`)) await this.#retag(before, described.tags ?? {});
    if (members.length === 0) return;
    const [operation = '', inPlace = []] = kind.update ?? [];
    const [first] = members.filter((member) => !inPlace.includes(member));
    assert.equal(first, undefined, `${name}.${first} cannot be changed in place`);
    const sent = kind.write?.(config) ?? Object.fromEntries(members.map((member) => [member, config[member]]));
    await this.#send(operation, { ...kind.identify(before), ...sent });
    const state = { ...before, ...config };
    this.#states.set(name, state);
    await this.#settle(name, described.type, state, 'UPDATE_IN_PROGRESS');
  }

  async #retag(state: Json, tags: Readonly<Record<string, string>>): Promise<void> {
    const resourceArn = state['arn'];
    const { tags: before = {} } = await this.#send('ListTagsForResource', { resourceArn });
    const tagKeys = Object.keys(before as object).filter((key) => !(key in tags));
    if (tagKeys.length > 0) await this.#send('UntagResource', { resourceArn, tagKeys });
    if (Object.keys(tags).length > 0) await this.#send('TagResource', { resourceArn, tags });
  }

  /** Waits until the status is ACTIVE, twice in a row; any other than `pending` on the way is a failure. */
  async #settle(name: string, type: TypeName, state: Json, pending: string): Promise<void> {
    const kind: ResourceType = resourceTypes[type];
    if (kind.status !== true) return;
    let active = 0;
    await this.#wait(name, async () => {
      const { status } = (await this.#read(type, state)) ?? {};
      assert.ok(status === pending || status === 'ACTIVE', `${name} is ${String(status)}`);
      active = status === 'ACTIVE' ? active + 1 : 0;
      return active === 2;
    });
  }

  async #wait(name: string, done: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + PATIENCE;
    while (!(await done())) {
      assert.ok(Date.now() < end, `${name} did not settle`);
      await sleep(10);
    }
  }

  /** The get call's answer; undefined when it is ResourceNotFoundException. */
  async #read(type: TypeName, state: Json): Promise<Json | undefined> {
    const kind: ResourceType = resourceTypes[type];
    try {
      const answer = await this.#send(kind.get, kind.identify(state));
      return kind.read === undefined ? answer : kind.read(answer, state);
    } catch (error) {
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  }

  async #differences(name: string, { type, tags = {} }: Described, config: Json, state: Json): Promise<string[]> {
    const kind: ResourceType = resourceTypes[type];
    const shown = await this.#read(type, state);
    if (shown === undefined) return [`${name} is gone`];
    const wrong = Object.entries(config).flatMap(([member, wanted]) => {
      if (kind.unseen?.includes(member)) return [];
      const has = shown[kind.renamed?.[member] ?? member];
      return isDeepStrictEqual(has, wanted)
        ? []
        : [`${name}.${member}: ${JSON.stringify(has)} instead of ${JSON.stringify(wanted)}`];
    });
    if (kind.tagged !== true) return wrong;
    const { tags: has = {} } = await this.#send('ListTagsForResource', { resourceArn: state['arn'] });
    return isDeepStrictEqual(has, tags) ? wrong : [...wrong, `${name}.tags: ${JSON.stringify(has)}`];
  }
}
