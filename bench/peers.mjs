/**
 * The engines that ours is compared with, as far as they are installed. The rule engines come with the bench (16 MB) and
 * only find which promotions hold. The promotions of the shops Medusa (271 MB) and Vendure (140 MB) compute money too;
 * each is a package of its own below `peers`, so that only who wants it installs it: `npm ci --ignore-scripts` there.
 */
import fs from 'node:fs';
import { jsonRulesEngine } from './peers/json-rules-engine.mjs';
import { medusa } from './peers/medusa.mjs';
import { vendure } from './peers/vendure.mjs';
import { zen } from './peers/zen.mjs';

const PEERS = [
  { name: 'json-rules-engine', make: jsonRulesEngine, module: 'node_modules/json-rules-engine' },
  { name: 'GoRules zen', make: zen, module: 'node_modules/@gorules/zen-engine' },
  { name: 'Medusa', make: medusa, module: 'peers/medusa/node_modules/@medusajs/promotion' },
  { name: 'Vendure', make: vendure, module: 'peers/vendure/node_modules/@vendure/core' },
];

/** Those that are here: `make` takes a catalog and answers a function that evaluates a cart. */
export function installedPeers() {
  return PEERS.filter(({ module }) => fs.existsSync(new URL(module, import.meta.url)));
}
