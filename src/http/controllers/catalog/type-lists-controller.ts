import { Get, Route, Security, Tags } from '@tsoa/runtime';
import { CONDITION_KINDS, type ConditionType } from '../../../engine/conditions';
import { type DiscountValueType, VALUE_KINDS } from '../../../engine/discount-values';
import type { CustomParameterSchema, CustomType, Expression } from '../../../engine/rulebook/custom-type';
import type { Metadata } from '../../../engine/vocabulary/attributes';
import type { Name, TypeName } from '../../../engine/vocabulary/resource';
import { listCustomTypes } from '../../../store/catalog/custom-types';
import type { Context } from '../../context';
import { type ParameterSchema, parameterSchema } from '../../contract/parameter-schema';

/** A type of condition as a back office needs it to draw the form. */
export interface ConditionTypeDescription {
  /** The type. */
  type: ConditionType;
  /**
   * Its name for a form.
   * @maxLength 200
   */
  title: string;
  /**
   * One sentence for the merchant.
   * @maxLength 1000
   */
  description: string;
  /** The JSON Schema (draft 2020-12, self-contained) of a condition of this type; what is posted is validated by the same. */
  schema: ParameterSchema;
}

/** A type that the provider defined, as a back office needs it to draw the form. */
export interface CustomTypeDescription {
  /** It is one of the provider's own. */
  type: 'custom';
  /** Its name in rules and paths. */
  name: TypeName;
  /** Its name for a form. */
  title: Name;
  /**
   * What it does, for the merchant.
   * @maxLength 1000
   */
  description?: string;
  /** The JSON Schema (draft 2020-12) of the `parameters` of what is of this type; what is posted is validated by the same. */
  schema: CustomParameterSchema;
  /** What it means. */
  expression: Expression;
  /** What the platform notes for itself. */
  metadata?: Metadata;
  /**
   * Counts the writes of the type.
   * @isInt
   */
  version: number;
}

/** The types of condition. */
export interface ConditionTypeList {
  /**
   * Every type that this version knows, and then the provider's own.
   * @maxItems 1000
   */
  items: (ConditionTypeDescription | CustomTypeDescription)[];
}

/** A type of discount value as a back office needs it to draw the form. */
export interface DiscountTypeDescription {
  /** The type. */
  type: DiscountValueType;
  /**
   * Its name for a form.
   * @maxLength 200
   */
  title: string;
  /**
   * One sentence for the merchant.
   * @maxLength 1000
   */
  description: string;
  /** The JSON Schema (draft 2020-12, self-contained) of a `value` of this type; what is posted is validated by the same. */
  schema: ParameterSchema;
}

/** The types of discount value. */
export interface DiscountTypeList {
  /**
   * Every type that this version knows, and then the provider's own.
   * @maxItems 1000
   */
  items: (DiscountTypeDescription | CustomTypeDescription)[];
}

const CONDITION_TYPES = described('Condition', CONDITION_KINDS);
const DISCOUNT_TYPES = described('DiscountValue', VALUE_KINDS);

/** What a rule can be made of; the admin key need not name a provider, and then sees what is the same for all. */
@Route('v1')
@Security('bearer', ['admin', 'secret'])
@Security('bearer', ['admin'])
export class TypeListsController {
  constructor(private readonly context: Context) {}

  /**
   * Every type of condition with its title, its description and the JSON Schema of its parameters; those that the provider
   * defined come last. Without a provider an admin key sees the built-in ones.
   * @summary List the types of condition
   */
  @Get('condition-types')
  @Tags('Promotions')
  async listConditionTypes(): Promise<ConditionTypeList> {
    return { items: [...CONDITION_TYPES, ...(await this.own('condition'))] };
  }

  /**
   * Every type of discount value with its title, its description and the JSON Schema of its parameters; those that the
   * provider defined come last. Without a provider an admin key sees the built-in ones.
   * @summary List the types of discount
   */
  @Get('discount-types')
  @Tags('Discounts')
  async listDiscountTypes(): Promise<DiscountTypeList> {
    return { items: [...DISCOUNT_TYPES, ...(await this.own('value'))] };
  }

  private async own(kind: 'condition' | 'value'): Promise<CustomTypeDescription[]> {
    const { db, scope } = this.context;
    return scope === '' ? [] : (await listCustomTypes(db, scope, kind)).map(describedType);
  }
}

function describedType({
  id: _id,
  createdAt: _at,
  updatedAt: _on,
  parameters,
  ...told
}: CustomType): CustomTypeDescription {
  return { type: 'custom', ...told, schema: parameters };
}

/** Those that need no type of the provider's. */
function described<T extends string>(
  choice: string,
  kinds: { readonly [type in T]: { readonly title: string } },
): { type: T; title: string; description: string; schema: ParameterSchema }[] {
  return (Object.keys(kinds) as T[])
    .filter((type) => type !== 'custom')
    .map((type) => {
      const schema = parameterSchema(choice, type);
      return { type, title: kinds[type].title, description: String(schema.description), schema };
    });
}
