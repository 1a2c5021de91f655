-- Each request of an account of the provider looks for its agents, in all workspaces.
CREATE INDEX "Agent_oidcSubject_idx" ON "Agent"("oidcSubject");
CREATE INDEX "Agent_email_idx" ON "Agent"("email");
