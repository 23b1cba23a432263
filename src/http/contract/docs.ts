import type { Express } from 'express';
import swaggerUi from 'swagger-ui-express';
import { openApi } from './openapi';

/** Shows `/openapi.json`, and Swagger UI for it at `/docs`. */
export function showDocs(app: Express): void {
  app.get('/openapi.json', (_request, response) => {
    response.json(openApi);
  });
  // The key that was entered is forgotten with the page: the browser's storage is open to every later visitor of the computer.
  const options = { url: '/openapi.json', persistAuthorization: false, displayRequestDuration: true };
  app.use(
    '/docs',
    swaggerUi.serve,
    swaggerUi.setup(undefined, { swaggerOptions: options, customSiteTitle: 'Offerbook' }),
  );
}
