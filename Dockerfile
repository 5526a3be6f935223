# syntax=docker/dockerfile:1
# One image for the three processes: `controller` and `node` run as they are, `host` is given privileges and the
# node's devices by its container's security context.

ARG NODE=24.21.0

FROM node:${NODE}-trixie-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts/build.mjs scripts/
COPY src src
RUN npm run build

FROM node:${NODE}-trixie-slim
# What the host agent runs, and tini. Each package is named for its programs, whatever the base image happens to bring:
#   dmsetup      dmsetup
#   e2fsprogs    mkfs.ext4
#   fdisk        sfdisk
#   kmod         modprobe
#   mdadm        mdadm
#   mount        mount umount
#   nvme-cli     nvme
#   tini         tini
#   udev         udevadm
#   util-linux   blkdiscard blkid fallocate partx wipefs
#   xfsprogs     mkfs.xfs
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
      dmsetup e2fsprogs fdisk kmod mdadm mount nvme-cli tini udev util-linux xfsprogs \
 && rm -rf /var/lib/apt/lists/* \
 # npm, yarn and corepack are of no use here, and code that is not there needs no patches.
 && rm -rf /usr/local/lib/node_modules /opt/yarn-* \
      /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg \
 # Nobody but MeshStor starts an array, and a member that cannot take a write leaves.
 && printf 'AUTO -all\nCREATE bbl=no\nMAILADDR root\n' > /etc/mdadm/mdadm.conf
COPY --from=build /src/dist/meshstor.cjs /src/dist/client-node.cjs /usr/lib/meshstor/

ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="MeshStor" \
      org.opencontainers.image.description="Kubernetes operator and CSI driver: Linux md mirrors over NVMe-oF that move with their pod" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

ENV NODE_ENV=production LC_ALL=C
USER 65532:65532
# tini as process 1: it passes SIGTERM on, and reaps what the programs of the host agent leave behind, which node
# as process 1 would not.
ENTRYPOINT ["/usr/bin/tini", "--", "node", "/usr/lib/meshstor/meshstor.cjs"]
