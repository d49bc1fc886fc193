// The only place of the app that names its host.
global using FactCheck.Runtime;
