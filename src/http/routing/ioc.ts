import type { IocContainer, IocContainerFactory } from '@tsoa/runtime';
import type { Request } from 'express';
import { type Context, contextOf } from '../context';

/** Builds a new controller for every request: a shared one would leak state into the next answer. */
export const iocContainer: IocContainerFactory<Request> = (request) => ({
  get: <T>(Controller: Parameters<IocContainer['get']>[0]): T =>
    new (Controller as new (context: Context) => T)(contextOf(request)),
});
