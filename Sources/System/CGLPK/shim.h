#ifndef GEWU_CGLPK_SHIM_H
#define GEWU_CGLPK_SHIM_H

#include <glpk.h>
#include <setjmp.h>

// GLPK answers a wrong argument, a broken assertion and the end of memory by ending the process, unless an error hook jumps
// out of it. A jump must not pass over a frame of Swift, so everything between building a problem and reading its solution
// stands here. The reference manual asks for glp_free_env after such a jump: it frees what the problem held.

/// A program, as arrays that the caller owns. Elements are counted from 1, as GLPK counts: their first place is not read.
typedef struct {
    int columns;
    int rows;
    int elements;
    int isMaximum;
    /// Of columns and of rows, counted from 0.
    const double *objective;
    const double *columnLower;
    const double *columnUpper;
    const unsigned char *columnIsInteger;
    const double *rowLower;
    const double *rowUpper;
    /// Counted from 1.
    const int *elementRow;
    const int *elementColumn;
    const double *elementValue;
    int hasIntegers;
    int limitMilliseconds;
    double relativeGap;
    /// Cover and clique cuts help much; GLPK 5.0 breaks off on some programs whose binary columns all vanish beforehand.
    int hasCoverCuts;
} gewu_program;

/// What came of it. `outcome` is 0 when the values are a solution.
typedef struct {
    /// 0 a solution; 1 no solution exists; 2 unbounded; 3 the time was up before any was found; 4 the solver failed.
    int outcome;
    int isOptimal;
    double objective;
    double bound;
    int hasBound;
} gewu_solution;

typedef struct {
    jmp_buf place;
} gewu_way_out;

static inline void gewu_glpk_leave(void *info) {
    glp_free_env();
    longjmp(((gewu_way_out *)info)->place, 1);
}

static inline void gewu_glpk_watch(glp_tree *tree, void *info) {
    gewu_solution *solution = (gewu_solution *)info;
    int best = glp_ios_best_node(tree);
    if (best != 0) {
        solution->bound = glp_ios_node_bound(tree, best);
        solution->hasBound = 1;
    }
}

static inline int gewu_glpk_kind(double lower, double upper) {
    int hasLower = lower > -1e300, hasUpper = upper < 1e300;
    if (hasLower && hasUpper) return lower == upper ? GLP_FX : GLP_DB;
    return hasLower ? GLP_LO : hasUpper ? GLP_UP : GLP_FR;
}

/// `duals` has a place for each row; it is written for programs without integers only.
static inline void gewu_glpk_run(const gewu_program *program, gewu_solution *solution, double *values, double *duals) {
    glp_prob *problem = glp_create_prob();
    glp_set_obj_dir(problem, program->isMaximum ? GLP_MAX : GLP_MIN);
    if (program->columns > 0) glp_add_cols(problem, program->columns);
    if (program->rows > 0) glp_add_rows(problem, program->rows);
    for (int column = 0; column < program->columns; column++) {
        double lower = program->columnLower[column], upper = program->columnUpper[column];
        glp_set_col_bnds(problem, column + 1, gewu_glpk_kind(lower, upper), lower, upper);
        glp_set_obj_coef(problem, column + 1, program->objective[column]);
        if (program->columnIsInteger[column]) glp_set_col_kind(problem, column + 1, GLP_IV);
    }
    for (int row = 0; row < program->rows; row++) {
        double lower = program->rowLower[row], upper = program->rowUpper[row];
        glp_set_row_bnds(problem, row + 1, gewu_glpk_kind(lower, upper), lower, upper);
    }
    glp_load_matrix(problem, program->elements, program->elementRow, program->elementColumn, program->elementValue);

    // The relaxation first: its optimum is a bound, and its time is limited, which that of the same step within
    // glp_intopt is not.
    glp_smcp simplex;
    glp_init_smcp(&simplex);
    simplex.msg_lev = GLP_MSG_OFF;
    simplex.presolve = GLP_ON;
    simplex.tm_lim = program->limitMilliseconds;
    double begin = glp_time();
    int answer = glp_simplex(problem, &simplex);
    int status = glp_get_status(problem);
    if (answer == GLP_ENOPFS || (answer == 0 && (status == GLP_NOFEAS || status == GLP_INFEAS))) {
        solution->outcome = 1;
    } else if (answer == GLP_ENODFS || (answer == 0 && status == GLP_UNBND)) {
        solution->outcome = 2;
    } else if (answer == GLP_ETMLIM || answer == GLP_EITLIM) {
        solution->outcome = 3;
    } else if (answer != 0 || status != GLP_OPT) {
        solution->outcome = 4;
    } else if (!program->hasIntegers) {
        solution->outcome = 0;
        solution->isOptimal = 1;
        solution->objective = glp_get_obj_val(problem);
        solution->bound = solution->objective;
        solution->hasBound = 1;
        for (int column = 0; column < program->columns; column++) values[column] = glp_get_col_prim(problem, column + 1);
        for (int row = 0; row < program->rows; row++) duals[row] = glp_get_row_dual(problem, row + 1);
    } else {
        solution->bound = glp_get_obj_val(problem);
        solution->hasBound = 1;
        double used = glp_difftime(glp_time(), begin) * 1000;
        glp_iocp search;
        glp_init_iocp(&search);
        search.msg_lev = GLP_MSG_OFF;
        search.presolve = GLP_ON;
        search.mip_gap = program->relativeGap;
        search.tm_lim = used + 1 < program->limitMilliseconds ? program->limitMilliseconds - (int)used : 1;
        search.mir_cuts = GLP_ON;
        search.gmi_cuts = GLP_ON;
        if (program->hasCoverCuts) {
            search.cov_cuts = GLP_ON;
            search.clq_cuts = GLP_ON;
        }
        search.cb_func = gewu_glpk_watch;
        search.cb_info = solution;
        answer = glp_intopt(problem, &search);
        status = glp_mip_status(problem);
        int isFound = status == GLP_OPT || status == GLP_FEAS;
        if (answer == GLP_ENOPFS || (answer == 0 && status == GLP_NOFEAS)) {
            solution->outcome = 1;
        } else if (answer == GLP_ENODFS) {
            solution->outcome = 2;
        } else if (isFound) {
            solution->outcome = 0;
            solution->isOptimal = answer == 0 && status == GLP_OPT && program->relativeGap == 0;
            solution->objective = glp_mip_obj_val(problem);
            if (answer == 0 && status == GLP_OPT && program->relativeGap == 0) solution->bound = solution->objective;
            if (answer == GLP_EMIPGAP) {
                // It stopped because the best node was this near; what the last call of the watch saw may be older.
                double slack = program->relativeGap * (solution->objective < 0 ? -solution->objective : solution->objective);
                double near = program->isMaximum ? solution->objective + slack : solution->objective - slack;
                if (program->isMaximum ? near < solution->bound : near > solution->bound) solution->bound = near;
            }
            for (int column = 0; column < program->columns; column++) values[column] = glp_mip_col_val(problem, column + 1);
        } else {
            solution->outcome = answer == GLP_ETMLIM || answer == GLP_EMIPGAP ? 3 : 4;
        }
    }
    glp_delete_prob(problem);
}

/// Solves a program whose arrays were checked. `values` has a place for each column, `duals` for each row. Never ends the process. To be called
/// by one thread at a time.
static inline void gewu_glpk_solve(
    int columns, int rows, int elements, int isMaximum, int limitMilliseconds, double relativeGap,
    int hasCoverCuts, const double *objective, const double *columnLower, const double *columnUpper,
    const unsigned char *columnIsInteger, const double *rowLower, const double *rowUpper, const int *elementRow,
    const int *elementColumn, const double *elementValue, gewu_solution *solution, double *values, double *duals) {
    gewu_program given = {columns, rows, elements, isMaximum, objective, columnLower, columnUpper, columnIsInteger,
                          rowLower, rowUpper, elementRow, elementColumn, elementValue, 0, limitMilliseconds,
                          relativeGap, hasCoverCuts};
    for (int column = 0; column < columns; column++) given.hasIntegers |= columnIsInteger[column];
    const gewu_program *program = &given;
    gewu_way_out out;
    solution->outcome = 4;
    solution->isOptimal = 0;
    solution->hasBound = 0;
    if (setjmp(out.place) == 0) {
        glp_error_hook(gewu_glpk_leave, &out);
        glp_term_out(GLP_OFF);
        gewu_glpk_run(program, solution, values, duals);
        glp_error_hook(0, 0);
        glp_free_env();
    } else {
        solution->outcome = 4;
    }
}

/// Hands GLPK what it forbids, to see that the process lives on. For tests.
static inline void gewu_glpk_solve_wrongly(gewu_solution *solution) {
    gewu_way_out out;
    solution->outcome = 0;
    if (setjmp(out.place) == 0) {
        glp_error_hook(gewu_glpk_leave, &out);
        glp_prob *problem = glp_create_prob();
        glp_set_obj_coef(problem, 7, 1);
        solution->outcome = 0;
        glp_delete_prob(problem);
        glp_error_hook(0, 0);
        glp_free_env();
    } else {
        solution->outcome = 4;
    }
}

#endif
