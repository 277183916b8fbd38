"""Who acts: organisations in a tree, people in them, and the roles their memberships give."""
