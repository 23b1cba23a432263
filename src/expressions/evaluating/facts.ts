import type { Outcome } from '../../engine/cart/custom-types';
import type { AccountEntry, Customer, OwnedService } from '../../engine/cart/customer';
import type { PricedCart } from '../../engine/cart/priced-cart';
import type { PricedLine } from '../../engine/cart/priced-line';
import { firstServiceAt } from '../../engine/conditions/kinds/customer/first-service-age';
import { formatMoney } from '../../engine/money/money';
import { DAY_MS } from '../../engine/time/civil';
import { type Period, parseInstant } from '../../engine/time/instant';
import type { Attributes } from '../../engine/vocabulary/attributes';
import { normalizeCode } from '../../engine/vocabulary/code-form';
import { COST, costOfText, type Steps } from '../step-budget';
import { clockTime, WEEKDAYS } from '../values/clock';
import { JsonObject, ListEntry, Part } from '../values/members';
import { type Decimals, decimalsOf, Timestamp, type Value } from '../values/values';

/** What expressions see of one cart; each part of it is made when one asks for it, and once. */
export class CartFacts {
  readonly decimals: Decimals;
  readonly at: Timestamp;
  readonly cart: Part;
  readonly customer: Part;
  /** What was found of this cart, by who asked: rules are judged again and again. */
  readonly outcomes = new Map<object, Map<string, Outcome<unknown>>>();
  readonly #lines: Part[] = [];
  #listed: { readonly of: readonly PricedLine[]; readonly parts: readonly Part[] } | undefined;
  #local: Part | undefined;

  constructor(private readonly priced: PricedCart) {
    this.decimals = decimalsOf(priced.settings.roundingMode);
    this.at = new Timestamp(priced.at);
    this.cart = new Part((name, steps) => this.#ofCart(name, steps), '');
    this.customer = new Part((name, steps) => this.#ofCustomer(name, steps), '/customer', MADE_OF);
  }

  /** Returns what clocks show at the instant in the provider's zone. */
  local(steps: Steps): Part {
    if (this.#local === undefined) {
      steps.take(COST.calendar);
      const { weekday, ...time } = clockTime(this.priced.at, this.priced.timeZone);
      const numbers: Readonly<Record<string, number>> = time;
      this.#local = new Part((name) => {
        const number = numbers[name];
        return name === 'weekday' ? WEEKDAYS[weekday] : number === undefined ? undefined : BigInt(number);
      });
    }
    return this.#local;
  }

  /** Returns the lines as expressions see them. */
  lines(lines: readonly PricedLine[], steps: Steps): readonly Part[] {
    if (this.#listed?.of !== lines) {
      steps.take(COST.made * lines.length);
      this.#listed = { of: lines, parts: lines.map((line) => this.line(line)) };
    }
    return this.#listed.parts;
  }

  /** Describes one line of the cart. */
  line(line: PricedLine): Part {
    const known = this.#lines[line.index];
    if (known !== undefined) return known;
    const pointer = `/lines/${line.index}`;
    const made = new Part((name, steps) => this.#ofLine(line, pointer, name, steps), pointer);
    this.#lines[line.index] = made;
    return made;
  }

  #ofCart(name: string, steps: Steps): Value | undefined {
    const { request, measured, digits } = this.priced;
    switch (name) {
      case 'currency':
        return request.currency;
      case 'total':
        return this.#money(formatMoney(measured.subtotal, digits), steps);
      case 'quantity':
        return BigInt(measured.quantity);
      case 'attributes':
        return this.#attributes(request.attributes, '/attributes');
      case 'promoCodes':
        return (request.promoCodes ?? []).map((code) => {
          steps.take(COST.decimal + costOfText(code.length));
          return normalizeCode(code);
        });
      default:
        return undefined;
    }
  }

  #ofCustomer(name: string, steps: Steps): Value | undefined {
    const customer: Customer = this.priced.customer ?? {};
    switch (name) {
      case 'id':
      case 'language':
        return customer[name];
      case 'groups':
        return customer.groups ?? [];
      case 'orderCount':
        return customer.orderCount === undefined ? undefined : BigInt(customer.orderCount);
      case 'registeredAt':
      case 'firstServiceAt':
        return this.#instant(customer[name], steps);
      case 'registeredDays':
        return this.#daysSince(customer.registeredAt && parseInstant(customer.registeredAt));
      case 'firstServiceDays':
        steps.take(COST.decimal * (customer.services?.length ?? 0));
        return this.#daysSince(firstServiceAt(customer));
      case 'attributes':
        return this.#attributes(customer.attributes, '/customer/attributes');
      case 'services':
        return this.#list(customer.services, '/customer/services', steps, this.#ofService);
      case 'expenses':
      case 'payments':
        return this.#list(customer[name], `/customer/${name}`, steps, this.#ofEntry);
      default:
        return undefined;
    }
  }

  #ofLine(line: PricedLine, pointer: string, name: string, steps: Steps): Value | undefined {
    switch (name) {
      case 'id':
      case 'action':
      case 'serviceType':
      case 'plan':
      case 'addon':
      case 'planGroups':
      case 'tags':
        return line[name];
      case 'quantity':
        return BigInt(line.quantity);
      case 'unitPrice':
        return this.#money(formatMillionths(line.unitPrice), steps);
      case 'subtotal':
        return this.#money(formatMoney(line.subtotal, this.priced.digits), steps);
      case 'period':
        return line.period && periodPart(line.period, `${pointer}/period`);
      case 'attributes':
        return this.#attributes(line.attributes, `${pointer}/attributes`);
      default:
        return undefined;
    }
  }

  readonly #ofService = (service: OwnedService, name: string, steps: Steps): Value | undefined => {
    switch (name) {
      case 'serviceType':
      case 'plan':
      case 'status':
        return service[name];
      case 'planGroups':
        return service.planGroups ?? [];
      case 'paid':
        return service.paid ?? false;
      case 'quantity':
        return BigInt(service.quantity ?? 1);
      case 'activatedAt':
      case 'orderedAt':
        return this.#instant(service[name], steps);
      default:
        return undefined;
    }
  };

  readonly #ofEntry = (entry: AccountEntry, name: string, steps: Steps): Value | undefined => {
    if (name === 'at') return this.#instant(entry.at, steps);
    if (name === 'amount') return this.#money(entry.amount, steps);
    return name === 'currency' ? entry.currency : undefined;
  };

  /** An absent list is an empty one. */
  #list<T>(
    entries: readonly T[] = [],
    pointer: string,
    steps: Steps,
    member: (entry: T, name: string, steps: Steps) => Value | undefined,
  ): readonly ListEntry<T>[] {
    steps.take(COST.made * entries.length);
    return entries.map((entry, index) => new ListEntry(entry, member, pointer, index));
  }

  #attributes(attributes: Attributes = {}, pointer: string): JsonObject {
    return new JsonObject(attributes, this.decimals, pointer);
  }

  #money(amount: string, steps: Steps): Value {
    steps.take(COST.decimal);
    return new this.decimals(amount);
  }

  #instant(instant: string | undefined, steps: Steps): Timestamp | undefined {
    if (instant === undefined) return undefined;
    steps.take(COST.instant);
    return new Timestamp(parseInstant(instant));
  }

  /** Whole days of 24 hours; what is to come is 0 or less. */
  #daysSince(ms: number | '' | undefined): bigint | undefined {
    return typeof ms === 'number' ? BigInt(Math.floor((this.priced.at - ms) / DAY_MS)) : undefined;
  }
}

/** What the ages of a customer are counted from. */
const MADE_OF = { registeredDays: 'registeredAt', firstServiceDays: 'firstServiceAt' };

function periodPart({ unit, length }: Period, pointer: string): Part {
  return new Part((name) => (name === 'unit' ? unit : name === 'length' ? BigInt(length) : undefined), pointer);
}

function formatMillionths(millionths: PricedLine['unitPrice']): string {
  return formatMoney(millionths, 6);
}
