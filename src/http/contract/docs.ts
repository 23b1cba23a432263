import type { Express } from 'express';
import swaggerUi from 'swagger-ui-express';
import { openApi } from './openapi';

/** Shows `/openapi.json`, and Swagger UI for it at `/docs`. */
export function showDocs(app: Express): void {
  app.get('/openapi.json', (_request, response) => {
    response.json(openApi);
  });
  const options = { url: '/openapi.json', persistAuthorization: true, displayRequestDuration: true };
  app.use(
    '/docs',
    swaggerUi.serve,
    swaggerUi.setup(undefined, { swaggerOptions: options, customSiteTitle: 'Offerbook' }),
  );
}
