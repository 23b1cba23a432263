import {
  Body,
  Delete,
  Get,
  Patch,
  Path,
  Post,
  Put,
  Response,
  Route,
  Security,
  SuccessResponse,
  Tags,
} from '@tsoa/runtime';
import type { CustomType, CustomTypeInput } from '../../../engine/rulebook/custom-type';
import type { TypeInUseProblem } from '../../answers/problem';
import type { PathId } from '../../answers/versions';
import type { Context } from '../../context';
import { type MergePatch, patched } from '../../contract/merge-patch';
import { OwnTypes } from '../../writes/custom-types';

/** Types of condition that the provider defined. */
@Route('v1/condition-types')
@Tags('Promotions')
@Security('bearer', ['admin', 'secret'])
export class OwnConditionTypesController {
  constructor(private readonly context: Context) {}

  /**
   * One type that the provider defined.
   * @summary Read an own type of condition
   */
  @Get('{name}')
  async getConditionType(@Path() name: PathId): Promise<CustomType> {
    return this.types().get(name);
  }

  /**
   * The name is unique (409 `name_taken`). The expression must be of type `bool`.
   * @summary Define a type of condition
   */
  @Post()
  @SuccessResponse(201, 'Created')
  async createConditionType(@Body() body: CustomTypeInput): Promise<CustomType> {
    return this.types().create(body);
  }

  /**
   * A type that rules use keeps its name, and must go on taking what they say (409 `type_in_use`).
   * @summary Replace an own type of condition
   */
  @Put('{name}')
  @Response<TypeInUseProblem>(409, 'Conflict', undefined, 'application/problem+json')
  async replaceConditionType(@Path() name: PathId, @Body() body: CustomTypeInput): Promise<CustomType> {
    return this.types().change(name, () => body);
  }

  /**
   * A JSON Merge Patch.
   * @summary Change an own type of condition
   */
  @Patch('{name}')
  @Response<TypeInUseProblem>(409, 'Conflict', undefined, 'application/problem+json')
  async patchConditionType(@Path() name: PathId, @Body() body: MergePatch): Promise<CustomType> {
    return this.types().change(name, (stored) => patched<CustomTypeInput>('CustomTypeInput', stored, body));
  }

  /**
   * A type that rules use, archived or not, stays; the 409 `type_in_use` names them.
   * @summary Remove an own type of condition
   */
  @Delete('{name}')
  @SuccessResponse(204, 'Removed')
  @Response<TypeInUseProblem>(409, 'Conflict', undefined, 'application/problem+json')
  async removeConditionType(@Path() name: PathId): Promise<void> {
    return this.types().remove(name);
  }

  private types(): OwnTypes {
    return new OwnTypes(this.context, 'condition');
  }
}

/** Types of discount value that the provider defined. */
@Route('v1/discount-types')
@Tags('Discounts')
@Security('bearer', ['admin', 'secret'])
export class OwnDiscountTypesController {
  constructor(private readonly context: Context) {}

  /**
   * One type that the provider defined.
   * @summary Read an own type of discount
   */
  @Get('{name}')
  async getDiscountType(@Path() name: PathId): Promise<CustomType> {
    return this.types().get(name);
  }

  /**
   * The name is unique (409 `name_taken`). The expression must be of type `decimal`: what is taken off.
   * @summary Define a type of discount
   */
  @Post()
  @SuccessResponse(201, 'Created')
  async createDiscountType(@Body() body: CustomTypeInput): Promise<CustomType> {
    return this.types().create(body);
  }

  /**
   * A type that rules use keeps its name, and must go on taking what they say (409 `type_in_use`).
   * @summary Replace an own type of discount
   */
  @Put('{name}')
  @Response<TypeInUseProblem>(409, 'Conflict', undefined, 'application/problem+json')
  async replaceDiscountType(@Path() name: PathId, @Body() body: CustomTypeInput): Promise<CustomType> {
    return this.types().change(name, () => body);
  }

  /**
   * A JSON Merge Patch.
   * @summary Change an own type of discount
   */
  @Patch('{name}')
  @Response<TypeInUseProblem>(409, 'Conflict', undefined, 'application/problem+json')
  async patchDiscountType(@Path() name: PathId, @Body() body: MergePatch): Promise<CustomType> {
    return this.types().change(name, (stored) => patched<CustomTypeInput>('CustomTypeInput', stored, body));
  }

  /**
   * A type that rules use, archived or not, stays; the 409 `type_in_use` names them.
   * @summary Remove an own type of discount
   */
  @Delete('{name}')
  @SuccessResponse(204, 'Removed')
  @Response<TypeInUseProblem>(409, 'Conflict', undefined, 'application/problem+json')
  async removeDiscountType(@Path() name: PathId): Promise<void> {
    return this.types().remove(name);
  }

  private types(): OwnTypes {
    return new OwnTypes(this.context, 'value');
  }
}
