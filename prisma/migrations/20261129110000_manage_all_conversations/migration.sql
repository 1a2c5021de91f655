-- AlterEnum. On its own, because a new value cannot be used in the transaction that adds it.
ALTER TYPE "Permission" ADD VALUE 'MANAGE_ALL_CONVERSATIONS' AFTER 'VIEW_ALL_CONVERSATIONS';
