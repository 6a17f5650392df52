/** Style sheets are imported for the bundler, which gathers them into main.css. */
declare module "*.css";
