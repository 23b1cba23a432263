import { type CustomParameters, errorsOfUse } from '../../cart/custom-types';
import type { TypeName } from '../../vocabulary/resource';
import { type ConditionBase, type ConditionKind, verdict } from '../condition';

/** A condition of a type that the provider defined. */
export interface CustomCondition extends ConditionBase {
  /** The condition type. */
  type: 'custom';
  /** The name of the provider's type. */
  name: TypeName;
  /** What its form was filled in with; absent: nothing. */
  parameters?: CustomParameters;
}

/** Custom. */
export const custom: ConditionKind<CustomCondition> = {
  title: "The provider's own",
  prepare({ name, parameters = {} }, types) {
    const type = types.condition(name);
    if (type === undefined) throw new Error(`Unknown custom condition type "${name}".`);
    const judge = type.prepare(parameters);
    return (cart) => {
      const outcome = judge(cart);
      return outcome.kind === 'found' ? verdict(outcome.value) : outcome;
    };
  },
  check: (condition, types) => errorsOfUse(types.condition(condition.name), condition, 'condition'),
  told({ name }, types) {
    const title = types.condition(name)?.title;
    return { name, ...(title !== undefined && { title }) };
  },
};
