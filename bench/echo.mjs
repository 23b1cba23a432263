/** The yardsticks: servers that parse a JSON body and answer it again. `node echo.mjs express|node`; prints its port. */

import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

function expressEcho() {
  const express = require('express');
  const app = express();
  app.use(express.json({ limit: '1mb' }));
  app.post('/v1/quote', (request, response) => {
    response.json(request.body);
  });
  return createServer(app);
}

function nodeEcho() {
  return createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const text = JSON.stringify(JSON.parse(Buffer.concat(chunks).toString()));
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
      response.end(text);
    });
  });
}

const server = process.argv[2] === 'express' ? expressEcho() : nodeEcho();
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
