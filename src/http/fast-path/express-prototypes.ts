import { IncomingMessage, type ServerOptions, ServerResponse } from 'node:http';
import type { Express } from 'express';
import { expectNothing, expectProgress, isGone, watchReader } from '../connections/slow-readers';

/** The classes that a server makes requests and answers of. */
export type ExpressPrototypes = Required<Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'>>;

/**
 * Classes for a server in front of an app: their instances are what express's handlers expect. Of node's own classes
 * express changes the prototype of every single message, and whatever node does with one afterwards takes twice as long.
 * The answers look after who reads them.
 */
export function expressPrototypesOf(app: Express): ExpressPrototypes {
  class AppRequest extends IncomingMessage {}
  class AppResponse<From extends IncomingMessage = IncomingMessage> extends ServerResponse<From> {
    override write(...args: unknown[]): boolean {
      const goesOn = super.write(...(args as [string]));
      if (!goesOn) {
        expectProgress(this);
        this.once('drain', () => expectNothing(this));
      }
      return goesOn;
    }

    override end(...args: unknown[]): this {
      if (isGone(this)) return super.end();
      super.end(...(args as []));
      watchReader(this);
      return this;
    }
  }
  // Express sets these two prototypes; where a message has them already, nothing is changed.
  app.request = Object.setPrototypeOf(AppRequest.prototype, app.request);
  app.response = Object.setPrototypeOf(AppResponse.prototype, app.response);
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse };
}
