#!/usr/bin/env bash
# Run by kind-image.sh in a container of Debian: makes of it what Kind's Dockerfile (images/base) and `kind build node-image` make.
#
#   inside.sh VERSION_OF_KUBERNETES PAUSE_IMAGE
set -euo pipefail

cp -r /in/files/. /
chmod 755 /usr/local/bin/* /kind/bin/*
cp /in/bin/{kubeadm,kubectl,kubelet} /usr/bin
cp /in/bin/crictl /usr/local/bin
ln -s /usr/bin/{containerd,ctr} /usr/local/bin
mkdir -p /etc/kubernetes/manifests /etc/cni/net.d /opt/cni /kind/manifests
ln -s /usr/lib/cni /opt/cni/bin
ln -sf /usr/lib/systemd/systemd /sbin/init

rm -f /lib/systemd/system/sysinit.target.wants/systemd-tmpfiles-setup.service \
    /lib/systemd/system/{multi-user,local-fs,basic}.target.wants/* /etc/systemd/system/*.wants/* \
    /lib/systemd/system/sockets.target.wants/*{udev,initctl}*
echo "ReadKMsg=no" >>/etc/systemd/journald.conf
systemctl enable kubelet containerd undo-mount-hacks
systemctl mask systemd-binfmt

ctr oci spec | jq '.hooks.createContainer = [{path: "/kind/bin/mount-product-files.sh"}] | del(.process.rlimits)' >/etc/containerd/cri-base.json
# Without the second runc dies where CAP_SYS_RESOURCE is missing.
sed -i -e "s|sandbox_image = .*|sandbox_image = \"$2\"|" -e 's|restrict_oom_score_adj = .*|restrict_oom_score_adj = true|' \
    /etc/containerd/config.toml

# In place of kindnet, which no module holds: Debian's plugins, for the one node that there is. Kind applies the manifest.
cat >/etc/cni/net.d/10-e2e.conflist <<'END'
{"cniVersion": "0.4.0", "name": "e2e", "plugins": [
  {"type": "ptp", "ipMasq": true,
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.244.0.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
END
cat >/kind/manifests/default-cni.yaml <<'END'
apiVersion: v1
kind: ConfigMap
metadata: {name: cni, namespace: kube-system}
data: {plugins: "ptp, host-local and portmap, as the node's /etc/cni/net.d says"}
END

echo "$1" >/kind/version
containerd &
for _ in {1..50}; do
    if ctr version; then break; fi
    sleep 0.2
done
export CONTAINERD_NAMESPACE=k8s.io
ctr images import --no-unpack /in/images.tar
for image in $(ctr images list -q | sed -n 's:^localhost/::p'); do
    ctr images tag "localhost/$image" "$image"
    ctr images remove "localhost/$image"
done
kill %1
wait
