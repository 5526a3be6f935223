/** A claim and a pod, as docs/guides/install.md shows them. */
export const exampleManifest = `apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: first
spec:
  storageClassName: meshstor-replicated
  accessModes: [ReadWriteOnce]
  resources:
    requests:
      storage: 2Gi
---
apiVersion: v1
kind: Pod
metadata:
  name: first
spec:
  containers:
    - name: main
      image: debian:13-slim
      command: [sh, -c, 'date >> /data/log; exec sleep infinity']
      volumeMounts:
        - name: data
          mountPath: /data
  volumes:
    - name: data
      persistentVolumeClaim:
        claimName: first
`;
