import { Router } from 'express';
import swaggerUi from 'swagger-ui-express';
import { openApi } from './openapi';

/** `/openapi.json`, and Swagger UI for it at `/docs`. */
export function docs(): Router {
  const router = Router();
  router.get('/openapi.json', (_request, response) => {
    response.json(openApi);
  });
  const options = { url: '/openapi.json', persistAuthorization: true, displayRequestDuration: true };
  router.use(
    '/docs',
    swaggerUi.serve,
    swaggerUi.setup(undefined, { swaggerOptions: options, customSiteTitle: 'Offerbook' }),
  );
  return router;
}
