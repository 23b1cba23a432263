import type { Condition } from '../../engine/conditions/index';
import { groupBy } from '../../engine/vocabulary/lists';
import { type ConditionOwner, type ConditionRow, toConditionColumns } from '../catalog/conditions';
import { diffList } from '../catalog/nested-rows';
import { sortedJson } from '../sorted-json';
import { ownerOf } from './rows';

/** The conditions that a catalog is to have, owner by owner; those of owners that nobody asks about stay. */
export class PlannedConditions {
  readonly #byOwner: Map<string, ConditionRow[]>;

  constructor(
    private readonly providerId: string,
    stored: readonly ConditionRow[],
    private readonly at: Date,
  ) {
    this.#byOwner = groupBy(stored, ownerOf);
  }

  /** Makes an owner's conditions those of a document; returns whether they were others. One that says the same stays. */
  replace(owner: ConditionOwner, ownerId: string, conditions: readonly Condition[] = []): boolean {
    const stored = this.#byOwner.get(ownerId) ?? [];
    const left = groupBy(stored, contentOf);
    const wanted = conditions.map((condition) => {
      const columns = toConditionColumns(owner, ownerId, condition);
      return { id: left.get(contentOf(columns))?.shift()?.id, columns };
    });
    const { rows } = diffList(this.providerId, stored, wanted, this.at);
    this.#byOwner.set(ownerId, rows);
    return rows.length !== stored.length || rows.some((row, place) => row !== stored[place]);
  }

  /** Returns all of them, each owner's in their order. */
  rows(): ConditionRow[] {
    return [...this.#byOwner.values()].flat();
  }
}

/** Equal for conditions that say the same: the database does not keep the order of an object's members. */
function contentOf({ type, group_name, negate, parameters }: Content): string {
  return sortedJson([type, group_name, negate, parameters]);
}

type Content = Pick<ConditionRow, 'type' | 'group_name' | 'negate' | 'parameters'>;
