import { Get, Route, Security, Tags } from '@tsoa/runtime';
import { CONDITION_KINDS, type ConditionType } from '../../engine/conditions';
import { type DiscountValueType, VALUE_KINDS } from '../../engine/discount-values';
import { type ParameterSchema, parameterSchema } from '../contract/parameter-schema';

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

/** The types of condition. */
export interface ConditionTypeList {
  /**
   * Every type that this version knows.
   * @maxItems 1000
   */
  items: ConditionTypeDescription[];
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
   * Every type that this version knows.
   * @maxItems 1000
   */
  items: DiscountTypeDescription[];
}

const CONDITION_TYPES = described('Condition', CONDITION_KINDS);
const DISCOUNT_TYPES = described('DiscountValue', VALUE_KINDS);

/** What a rule can be made of; the same for every provider, so that the admin key need not name one. */
@Route('v1')
@Security('bearer', ['admin'])
@Security('bearer', ['secret'])
export class TypeListsController {
  /**
   * Every type of condition with its title, its description and the JSON Schema of its parameters.
   * @summary List the types of condition
   */
  @Get('condition-types')
  @Tags('Promotions')
  async listConditionTypes(): Promise<ConditionTypeList> {
    return { items: CONDITION_TYPES };
  }

  /**
   * Every type of discount value with its title, its description and the JSON Schema of its parameters.
   * @summary List the types of discount
   */
  @Get('discount-types')
  @Tags('Discounts')
  async listDiscountTypes(): Promise<DiscountTypeList> {
    return { items: DISCOUNT_TYPES };
  }
}

function described<T extends string>(
  choice: string,
  kinds: { readonly [type in T]: { readonly title: string } },
): { type: T; title: string; description: string; schema: ParameterSchema }[] {
  return (Object.keys(kinds) as T[]).map((type) => {
    const schema = parameterSchema(choice, type);
    return { type, title: kinds[type].title, description: String(schema.description), schema };
  });
}
