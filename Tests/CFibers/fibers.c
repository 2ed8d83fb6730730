#define _GNU_SOURCE
#include "CFibers.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

struct fiber {
  ucontext_t own;
  ucontext_t caller;
  void (*body)(void *);
  void *argument;
  void *stack;
  size_t stack_bytes;
  bool has_ended;
};

static void run(unsigned high, unsigned low) {
  fiber *self = (fiber *)(((uintptr_t)high << 32) | (uintptr_t)low);
  self->body(self->argument);
  self->has_ended = true;
}

fiber *fiber_make(size_t stack_bytes, void (*body)(void *), void *argument) {
  fiber *made = calloc(1, sizeof *made);
  if (made == NULL) return NULL;
  made->stack = mmap(NULL, stack_bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (made->stack == MAP_FAILED || getcontext(&made->own) != 0) {
    free(made);
    return NULL;
  }
  // What runs over the end of the stack is to stop, not to spoil.
  mprotect(made->stack, 4096, PROT_NONE);
  made->stack_bytes = stack_bytes;
  made->body = body;
  made->argument = argument;
  made->own.uc_stack.ss_sp = made->stack;
  made->own.uc_stack.ss_size = stack_bytes;
  made->own.uc_link = &made->caller;
  uintptr_t self = (uintptr_t)made;
  makecontext(&made->own, (void (*)(void))run, 2, (unsigned)(self >> 32), (unsigned)self);
  return made;
}

bool fiber_enter(fiber *fiber) {
  swapcontext(&fiber->caller, &fiber->own);
  return !fiber->has_ended;
}

void fiber_pause(fiber *fiber) { swapcontext(&fiber->own, &fiber->caller); }

void fiber_free(fiber *fiber) {
  munmap(fiber->stack, fiber->stack_bytes);
  free(fiber);
}
