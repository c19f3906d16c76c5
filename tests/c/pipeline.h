/* The vendored crate under test, whatever its name: -DPIPELINE=demo_decision_tree -DPIPELINE_CAPITALS=... */
#ifndef PIPELINE_H
#define PIPELINE_H

#define PASTE_(a, b) a##_##b
#define PASTE(a, b) PASTE_(a, b)
#define STRING_(a) #a
#define STRING(a) STRING_(a)
/* A function or type of the library, and a constant of it. */
#define ITS(name) PASTE(PIPELINE, name)
#define THE(name) PASTE(PIPELINE_CAPITALS, name)

#include PIPELINE_HEADER

#endif
