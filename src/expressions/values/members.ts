import { digitsOf, isJsonNumber } from '../../engine/vocabulary/decimal';
import { pointerTo } from '../../engine/vocabulary/problem';
import { COST, type Steps } from '../step-budget';
import { type Decimals, FAILED, type Key, type Members, type Value } from './values';

/** A map that an expression writes down. */
export class WrittenMap implements Members {
  readonly isMembers = true;

  constructor(private readonly entries: ReadonlyMap<Key, Value>) {}

  get(key: Key): Value | undefined {
    return this.entries.get(key);
  }

  place(): undefined {
    return undefined;
  }

  keys(): readonly Value[] {
    return [...this.entries.keys()];
  }
}

/** What makes its members when they are first asked for. */
abstract class LazyMembers implements Members {
  readonly isMembers = true;
  /** Made with the first member: of ten thousand entries few may be looked at. */
  #known: Map<Key, Value> | undefined;

  constructor(
    /** Where it is in the request; `undefined`: it is not part of it. */
    protected readonly pointer: string | undefined,
  ) {}

  protected abstract make(name: string, steps: Steps): Value | undefined;
  abstract keys(): readonly Value[];

  get(key: Key, steps: Steps): Value | undefined {
    if (typeof key !== 'string') return undefined;
    const known = this.#known?.get(key);
    if (known !== undefined) return known;
    const made = this.make(key, steps);
    if (made === undefined) return undefined;
    this.#known ??= new Map();
    this.#known.set(key, made);
    return made;
  }

  place(key: Key): string | undefined {
    return this.pointer === undefined ? undefined : this.pointer + pointerTo([String(key)]);
  }
}

/** An object of JSON: the parameters, or attributes. */
export class JsonObject extends LazyMembers {
  readonly #keys: readonly string[];

  constructor(
    private readonly object: Readonly<Record<string, unknown>>,
    private readonly decimals: Decimals,
    pointer?: string,
  ) {
    super(pointer);
    this.#keys = Object.keys(object);
  }

  protected make(name: string, steps: Steps): Value | undefined {
    if (!Object.hasOwn(this.object, name)) return undefined;
    return valueOfJson(this.object[name], this.decimals, steps);
  }

  keys(): readonly Value[] {
    return this.#keys;
  }
}

/** Returns a value of JSON as an expression sees it: whole numbers are `int`, others `decimal`. */
function valueOfJson(json: unknown, decimals: Decimals, steps: Steps): Value {
  steps.take(COST.entry);
  if (isJsonNumber(json)) return numberOf(digitsOf(json), decimals, steps);
  if (typeof json === 'string' || typeof json === 'boolean' || json === null) return json;
  if (Array.isArray(json)) return json.map((entry) => valueOfJson(entry, decimals, steps));
  return typeof json === 'object' ? new JsonObject(json as Record<string, unknown>, decimals) : FAILED;
}

const WHOLE = /^-?\d{1,18}$/;

function numberOf(digits: string, decimals: Decimals, steps: Steps): Value {
  steps.take(COST.decimal);
  return WHOLE.test(digits) ? BigInt(digits) : new decimals(digits);
}

/** A part of the cart, whose members have their names. */
export class Part extends LazyMembers {
  constructor(
    private readonly member: (name: string, steps: Steps) => Value | undefined,
    pointer?: string,
    /** The members of the request that others are made of. */
    private readonly madeOf: Readonly<Record<string, string>> = {},
  ) {
    super(pointer);
  }

  override place(key: Key): string | undefined {
    return super.place(this.madeOf[String(key)] ?? key);
  }

  protected make(name: string, steps: Steps): Value | undefined {
    return this.member(name, steps);
  }

  /** Returns none: the type checker refuses an expression that asks for them. */
  keys(): readonly Value[] {
    return [];
  }
}

/** An entry of a list of the request, of which there may be thousands. */
export class ListEntry<T> extends LazyMembers {
  constructor(
    private readonly entry: T,
    private readonly member: (entry: T, name: string, steps: Steps) => Value | undefined,
    list: string,
    private readonly index: number,
  ) {
    super(list);
  }

  override place(key: Key): string | undefined {
    return `${this.pointer}/${this.index}${pointerTo([String(key)])}`;
  }

  protected make(name: string, steps: Steps): Value | undefined {
    return this.member(this.entry, name, steps);
  }

  /** Returns none: the type checker refuses an expression that asks for them. */
  keys(): readonly Value[] {
    return [];
  }
}
