# The tags are not pinned to digests: those differ by registry and mirror, and a pinned base gets no security updates by
# rebuilding. Whoever releases the image pins what was tried: docker build --build-arg NODE_IMAGE=node@sha256:…
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/client/package.json packages/client/
# Optional packages are the embedded database and the test tools; a container gets its database by DATABASE_URL. No package
# needs a script of its own to work.
RUN npm ci --omit=optional --ignore-scripts
COPY . .
RUN npm run build && npm run --silent sbom >sbom.cdx.json && npm prune --omit=dev --omit=optional --ignore-scripts

FROM ${NODE_IMAGE}
# HOME, because the service may run as a user whom the image does not know.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 HOME=/app
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/build/dist ./build/dist
# What the image holds beside Node and Debian: sbom.cdx.json.
COPY --from=build /app/package.json /app/sbom.cdx.json ./
COPY --from=build /app/migrations ./migrations
COPY --from=build /app/openapi ./openapi
COPY --from=build /app/pages ./pages
COPY --from=build /app/packages/client/build/browser ./packages/client/build/browser
COPY --from=build /app/examples ./examples
# By number, so that Kubernetes can tell that it is not root.
USER 1000:1000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is the first process, so that SIGTERM reaches the service.
CMD ["node", "--enable-source-maps", "build/dist/src/main.js"]
