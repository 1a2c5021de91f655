-- The address of a browser belongs to a workspace: who knows it must not take the browser away from another workspace
DROP INDEX "PushSubscription_endpoint_key";
CREATE UNIQUE INDEX "PushSubscription_workspaceId_endpoint_key" ON "PushSubscription"("workspaceId", "endpoint");
