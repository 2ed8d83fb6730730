#ifndef CFIBERS_H
#define CFIBERS_H

#include <stdbool.h>
#include <stddef.h>

/// A stack of its own that runs when it is entered, and stands still when it pauses; all on one thread.
typedef struct fiber fiber;

/// Makes one that will run the body; NULL where memory is short.
fiber *fiber_make(size_t stack_bytes, void (*body)(void *), void *argument);

/// Runs it until it pauses or its body has returned; false in the latter case.
bool fiber_enter(fiber *fiber);

/// Goes back to where it was entered; to be called on the fiber itself.
void fiber_pause(fiber *fiber);

/// Frees one whose body has returned, or was never begun.
void fiber_free(fiber *fiber);

#endif
